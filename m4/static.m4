# static.m4: a program with libcrypto and libssl inside, and libc if wanted.

# SSCEP_STATIC_PROGRAM: --enable-static-program.  $static_program is no, libcrypto
# or all (libc, too); $PKG_CONFIG then also tells what static libraries need.
AC_DEFUN([SSCEP_STATIC_PROGRAM], [
    AC_ARG_ENABLE([static-program],
	[AS_HELP_STRING([--enable-static-program@<:@=all@:>@],
	    [link libcrypto and libssl into the program, and libc if it is not
	    glibc, so that it runs on other machines; all: glibc, too, where
	    names are then resolved by /etc/hosts and DNS only.  It loads no
	    providers and engines from modules.])],
	[], [enable_static_program=no])
    AS_CASE([$enable_static_program],
	[no], [static_program=no],
	[all], [static_program=all],
	[yes], [
	    AC_CACHE_CHECK([for a libc that is made for static programs],
		[sscep_cv_static_libc],
		[AC_COMPILE_IFELSE([AC_LANG_SOURCE([
		    #include <stdio.h>
		    #if !defined __linux__ || defined __GLIBC__
		    #error glibc, or unknown
		    #endif
		    int main(void)
		    {
			    return 0;
		    }])],
		    [sscep_cv_static_libc=yes], [sscep_cv_static_libc=no])])
	    AS_IF([test "$sscep_cv_static_libc" = yes],
		[static_program=all], [static_program=libcrypto])
	],
	[AC_MSG_ERROR([--enable-static-program=$enable_static_program: the only value is all])])
    sscep_pkg_config=$PKG_CONFIG
    AS_IF([test "$static_program" != no], [
	PKG_CONFIG="$PKG_CONFIG --static"
	AC_DEFINE([STATIC_PROGRAM], [1],
	    [Define to 1 if libcrypto is linked in: no modules are loaded.])
    ])
    STATIC_LDFLAGS=
    AC_SUBST([STATIC_LDFLAGS])])

# SSCEP_STATIC_LIBRARIES(VARIABLE): in VARIABLE, libcrypto and libssl become the
# files of the static libraries, which any linker takes as they are.
AC_DEFUN([SSCEP_STATIC_LIBRARIES], [
    AS_IF([test "$static_program" != no], [
	static_words=
	for word in $$1; do
	    AS_CASE([$word], [-lcrypto | -lssl], [
		library=lib`echo "$word" | sed 's/^-l//'`
		libdir=`$PKG_CONFIG --variable=libdir $library 2>/dev/null`
		archive=
		searched=
		for directory in \
		    `echo " $LDFLAGS $$1" | tr ' ' '\n' | sed -n 's/^-L//p'` \
		    ${libdir:+"$PKG_CONFIG_SYSROOT_DIR$libdir" "$libdir"}; do
		    AS_CASE([" $searched "], [*" $directory "*], [],
			[searched="${searched:+$searched }$directory"])
		    AS_IF([test -z "$archive" &&
			test -r "$directory/$library.a"],
			[archive=$directory/$library.a])
		done
		AS_IF([test -z "$archive"],
		    [AC_MSG_ERROR([--enable-static-program: there is no $library.a in ${searched:-the directories of libraries} (Debian has it in libssl-dev; scripts/build-libcrypto makes one)])])
		word=$archive
	    ])
	    static_words="${static_words:+$static_words }$word"
	done
	$1=$static_words
    ])])

# SSCEP_STATIC_LIBC: after the libraries.  Sets STATIC_LDFLAGS.  A static glibc
# cannot have modules with a second libc in them, as those of libcrypto.  ld warns
# of each function that resolves names, as glibc does that with modules, if
# /etc/nsswitch.conf wants others than files and dns.
AC_DEFUN([SSCEP_STATIC_LIBC], [
    PKG_CONFIG=$sscep_pkg_config
    AS_IF([test "$static_program" = all], [
	AC_CACHE_CHECK([whether static programs can be linked],
	    [sscep_cv_static_linked],
	    [SSCEP_STATIC_TRY([-static], [],
		[sscep_cv_static_linked=yes], [sscep_cv_static_linked=no])])
	AS_IF([test "$sscep_cv_static_linked" = no],
	    [AC_MSG_ERROR([--enable-static-program: no program can be linked with -static and libcrypto (is there a static libc? see config.log)])])
	AC_CACHE_CHECK([whether a module could bring a second libc],
	    [sscep_cv_second_libc],
	    [saved_CFLAGS=$CFLAGS
	    CFLAGS="$CFLAGS $LIBCRYPTO_CFLAGS"
	    AC_COMPILE_IFELSE([AC_LANG_SOURCE([
		#include <stdio.h>
		#include <openssl/opensslconf.h>
		#if defined __GLIBC__ && !defined OPENSSL_NO_DSO
		#error it could
		#endif
		int main(void)
		{
			return 0;
		}])], [sscep_cv_second_libc=no], [sscep_cv_second_libc=yes])
	    CFLAGS=$saved_CFLAGS])
	AS_IF([test "$sscep_cv_second_libc" = yes],
	    [AC_MSG_ERROR([--enable-static-program=all: this libcrypto loads modules, which bring a second glibc; scripts/build-libcrypto makes one that does not])])
	STATIC_LDFLAGS=-static
	AC_CACHE_CHECK([whether the linker knows --no-warnings],
	    [sscep_cv_no_warnings],
	    [SSCEP_STATIC_TRY([-static -Wl,--no-warnings], [],
		[sscep_cv_no_warnings=yes], [sscep_cv_no_warnings=no])])
	AC_CHECK_DECL([__GLIBC__], [
	    AS_IF([test "$sscep_cv_no_warnings" = yes],
		[STATIC_LDFLAGS="$STATIC_LDFLAGS -Wl,--no-warnings"])
	    AC_MSG_WARN([static glibc: names are resolved by /etc/hosts and DNS, whatever else /etc/nsswitch.conf says])
	], [], [[#include <stdio.h>]])
    ])])

# SSCEP_STATIC_TRY(LDFLAGS, CFLAGS, IF-LINKED, IF-NOT): links a program with
# libcrypto; runs it if that can be done here.
AC_DEFUN([SSCEP_STATIC_TRY], [
    saved_CFLAGS=$CFLAGS
    saved_LDFLAGS=$LDFLAGS
    saved_LIBS=$LIBS
    CFLAGS="$2 $CFLAGS $LIBCRYPTO_CFLAGS"
    LDFLAGS="$1 $LDFLAGS"
    LIBS="$LIBS $LIBCRYPTO_LIBS"
    AC_LANG_CONFTEST([AC_LANG_SOURCE([
	unsigned long OpenSSL_version_num(void);
	int main(void)
	{
		return OpenSSL_version_num() == 0;
	}])])
    sscep_static_linked=no
    AC_LINK_IFELSE([], [sscep_static_linked=yes
	AS_IF([test "$cross_compiling" != yes && ! ./conftest$ac_exeext],
	    [sscep_static_linked=no])])
    CFLAGS=$saved_CFLAGS
    LDFLAGS=$saved_LDFLAGS
    LIBS=$saved_LIBS
    AS_IF([test "$sscep_static_linked" = yes], [$3], [$4])])

# SSCEP_STATIC_PIE: adds -fPIE to HARDENING_CFLAGS and makes -static-pie of
# -static, if that gives a program without an interpreter: some compilers only
# link one with shared libraries then.
AC_DEFUN([SSCEP_STATIC_PIE], [
    AC_CACHE_CHECK([for hardening by -fPIE -static-pie], [sscep_cv_static_pie],
	[SSCEP_STATIC_TRY([-static-pie], [-fPIE],
	    [AS_IF([$CC $CFLAGS -static-pie -### "$srcdir/src/main.c" 2>&1 |
		grep '[[" ]]-dynamic-linker' >/dev/null],
		[sscep_cv_static_pie=no], [sscep_cv_static_pie=yes])],
	    [sscep_cv_static_pie=no])])
    AS_IF([test "$sscep_cv_static_pie" = yes], [
	HARDENING_CFLAGS="$HARDENING_CFLAGS -fPIE"
	STATIC_LDFLAGS=`echo "$STATIC_LDFLAGS" | sed 's/-static/-static-pie/'`
    ])])
