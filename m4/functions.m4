# functions.m4: what not every system, and not every libcrypto, has.  configure
# and CMake both read this list, of one check a line.
#
# SSCEP_HAS(LIBRARY, NAME, HEADERS, EXPRESSION) defines HAVE_NAME if the expression
# compiles and links.  There, space is some memory.  What is missing is done
# without in src/compat/ and src/keys/store.c; --enable-backfill hides all but what
# SSCEP_HAS_KEPT looks for, which the tests need.
SSCEP_HAS([the system], [FALLOCATE], [fcntl.h], [fallocate(0, 0, 0, 1)])
SSCEP_HAS([the system], [FGETXATTR], [sys/types.h sys/xattr.h], [fgetxattr(0, "a", space, 0)])
SSCEP_HAS([the system], [MALLOC_USABLE_SIZE], [malloc.h], [malloc_usable_size(space)])
SSCEP_HAS([the system], [MSG_NOSIGNAL], [sys/socket.h], [send(0, "a", 1, MSG_NOSIGNAL)])
SSCEP_HAS([the system], [O_TMPFILE], [fcntl.h], [open("/", O_TMPFILE | O_RDWR, 0600)])
SSCEP_HAS([the system], [PR_SET_DUMPABLE], [sys/prctl.h], [prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)])
SSCEP_HAS([the system], [PTHREAD_CONDATTR_SETCLOCK], [pthread.h time.h], [pthread_condattr_setclock((void *)space, CLOCK_MONOTONIC)])
SSCEP_HAS([the system], [RENAMEAT2], [fcntl.h stdio.h], [renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE)])
SSCEP_HAS_KEPT([the system], [SETRLIMIT], [sys/resource.h], [setrlimit(RLIMIT_CORE, (void *)space)])
SSCEP_HAS([the system], [SOCK_NONBLOCK], [sys/socket.h], [socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)])
SSCEP_HAS([the system], [STATX], [fcntl.h sys/stat.h], [statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS, (void *)space)])
SSCEP_HAS([libcrypto], [CMS_CONTENTINFO_NEW_EX], [openssl/cms.h], [CMS_ContentInfo_new_ex(NULL, NULL)])
SSCEP_HAS([libcrypto], [CMS_SIGN_EX], [openssl/cms.h], [CMS_sign_ex(NULL, NULL, NULL, NULL, 0, NULL, NULL)])
SSCEP_HAS_KEPT([libcrypto], [CRYPTO_SET_MEM_FUNCTIONS], [openssl/crypto.h], [CRYPTO_set_mem_functions(NULL, NULL, NULL)])
SSCEP_HAS([libcrypto], [ERR_PEEK_ERROR_DATA], [openssl/err.h], [ERR_peek_error_data(NULL, NULL)])
SSCEP_HAS([libcrypto], [EVP_PKEY_CTX_NEW_FROM_PKEY], [openssl/evp.h], [EVP_PKEY_CTX_new_from_pkey(NULL, NULL, NULL)])
SSCEP_HAS([libcrypto], [EVP_PKEY_EQ], [openssl/evp.h], [EVP_PKEY_eq(NULL, NULL)])
SSCEP_HAS([libcrypto], [EVP_PKEY_GET0_PROVIDER], [openssl/evp.h openssl/provider.h], [EVP_PKEY_get0_provider(NULL)])
SSCEP_HAS([libcrypto], [EVP_SET_DEFAULT_PROPERTIES], [openssl/evp.h], [EVP_set_default_properties(NULL, "")])
SSCEP_HAS([libcrypto], [OPENSSL_CLEAR_FREE], [openssl/crypto.h], [(OPENSSL_clear_free(space, 1), 1)])
SSCEP_HAS([libcrypto], [OPENSSL_CLEAR_REALLOC], [openssl/crypto.h], [OPENSSL_clear_realloc(space, 1, 2)])
SSCEP_HAS([libcrypto], [OPENSSL_INIT_NO_ATEXIT], [openssl/crypto.h], [OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL)])
SSCEP_HAS([libcrypto], [OPENSSL_MEMDUP], [openssl/crypto.h], [OPENSSL_memdup(space, 1)])
SSCEP_HAS([libcrypto], [OPENSSL_ZALLOC], [openssl/crypto.h], [OPENSSL_zalloc(1)])
SSCEP_HAS([libcrypto], [OSSL_LIB_CTX_GET0_GLOBAL_DEFAULT], [openssl/crypto.h], [OSSL_LIB_CTX_get0_global_default()])
SSCEP_HAS_KEPT([libcrypto], [OSSL_PROVIDER_TRY_LOAD], [openssl/provider.h], [OSSL_PROVIDER_try_load(NULL, "a", 1)])
SSCEP_HAS([libcrypto], [OSSL_STORE_LOADER_FETCH], [openssl/store.h], [OSSL_STORE_LOADER_fetch(NULL, "a", NULL)])
SSCEP_HAS([libcrypto], [OSSL_STORE_OPEN], [openssl/store.h], [OSSL_STORE_open("a", NULL, NULL, NULL, NULL)])
SSCEP_HAS([libcrypto], [UI_UTIL_WRAP_READ_PEM_CALLBACK], [openssl/ui.h], [UI_UTIL_wrap_read_pem_callback(NULL, 0)])
SSCEP_HAS([libcrypto], [X509_NEW_EX], [openssl/x509.h], [X509_new_ex(NULL, NULL)])
SSCEP_HAS([libcrypto], [X509_REQ_GET_X509_PUBKEY], [openssl/x509.h], [X509_REQ_get_X509_PUBKEY(NULL)])
SSCEP_HAS([libcrypto], [X509_REQ_NEW_EX], [openssl/x509.h], [X509_REQ_new_ex(NULL, NULL)])
