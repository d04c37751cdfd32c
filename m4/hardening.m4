# hardening.m4: what compiler and linker do against attacks.

# SSCEP_HARDEN(NAME, CFLAGS, LDFLAGS, [PROLOGUE]): adds the flags to
# HARDENING_CFLAGS and HARDENING_LDFLAGS if a program, which begins with PROLOGUE,
# is built with them, and with those before, without a word.  They come before those
# of the user, here and in the Makefile: the last one counts.  clang tells of unused
# flags only where it does not link.  The frame is large, as some compilers fail to
# protect such.  Then libcrypto is linked too, which cannot be part of a PIE if its
# code depends on its position; a static one is never linked without a word.
AC_DEFUN([SSCEP_HARDEN], [
    AC_CACHE_CHECK([for hardening by m4_normalize([$2 $3])],
	[sscep_cv_hardening_$1],
	[saved_CFLAGS=$CFLAGS
	saved_CPPFLAGS=$CPPFLAGS
	saved_LDFLAGS=$LDFLAGS
	saved_LIBS=$LIBS
	saved_werror=$ac_c_werror_flag
	sscep_cv_hardening_$1=no
	AC_LANG_CONFTEST([AC_LANG_SOURCE([
	    $4
	    unsigned long OpenSSL_version_num(void);
	    #ifndef LIBCRYPTO
	    #define OpenSSL_version_num() 1UL
	    #endif
	    int main(int argc, char **argv)
	    {
		    volatile char text@<:@65536@:>@ = {0};
		    text@<:@argc & 1@:>@ = **argv;
		    return OpenSSL_version_num() == 0 || text@<:@0@:>@;
	    }])])
	CFLAGS="-Werror $HARDENING_CFLAGS $2 $CFLAGS"
	LDFLAGS="$HARDENING_LDFLAGS $3 $LDFLAGS"
	ac_c_werror_flag=yes
	AC_COMPILE_IFELSE([], [AC_LINK_IFELSE([], [
	    CPPFLAGS="-DLIBCRYPTO $CPPFLAGS"
	    LIBS="$LIBS $LIBCRYPTO_LIBS"
	    ac_c_werror_flag=$saved_werror
	    AC_LINK_IFELSE([], [sscep_cv_hardening_$1=yes])])])
	rm -f conftest.$ac_ext
	CFLAGS=$saved_CFLAGS
	CPPFLAGS=$saved_CPPFLAGS
	LDFLAGS=$saved_LDFLAGS
	LIBS=$saved_LIBS
	ac_c_werror_flag=$saved_werror])
    AS_IF([test "$sscep_cv_hardening_$1" = yes], [
	m4_ifval([$2], [HARDENING_CFLAGS="$HARDENING_CFLAGS $2"])
	m4_ifval([$3], [HARDENING_LDFLAGS="$HARDENING_LDFLAGS $3"])
    ])])

# SSCEP_HARDEN_FORTIFY: sets HARDENING_CPPFLAGS, and $fortify for the summary.
# compat/fortify.h decides when it is compiled; what compilers of distributions
# define by themselves is undefined.  Where the user defined or undefined
# _FORTIFY_SOURCE, nothing is to be done.
AC_DEFUN([SSCEP_HARDEN_FORTIFY], [
    AC_CACHE_CHECK([for the level of _FORTIFY_SOURCE], [sscep_cv_fortify],
	[saved_CFLAGS=$CFLAGS
	saved_CPPFLAGS=$CPPFLAGS
	saved_werror=$ac_c_werror_flag
	ac_c_werror_flag=yes
	sscep_cv_fortify=no
	for level in 3 2; do
	    CFLAGS="-Werror $HARDENING_CFLAGS $saved_CFLAGS -O2"
	    CPPFLAGS="-U_FORTIFY_SOURCE -DFORTIFY_LEVEL=$level"
	    CPPFLAGS="$CPPFLAGS -include $srcdir/src/compat/fortify.h"
	    CPPFLAGS="$CPPFLAGS $saved_CPPFLAGS"
	    AC_LINK_IFELSE([AC_LANG_SOURCE([
		#include <stdio.h>
		#include <string.h>
		int main(int argc, char **argv)
		{
			char text@<:@64@:>@ = {0};
			memcpy(text, *argv, (size_t)argc);
			return puts(text) + snprintf(text, (size_t)argc, "%d",
			    argc);
		}])], [sscep_cv_fortify=$level; break])
	done
	AS_CASE(["$saved_CPPFLAGS $saved_CFLAGS"],
	    [*_FORTIFY_SOURCE*], [sscep_cv_fortify='as given'])
	CFLAGS=$saved_CFLAGS
	CPPFLAGS=$saved_CPPFLAGS
	ac_c_werror_flag=$saved_werror])
    AS_CASE([$sscep_cv_fortify],
	[no], [],
	['as given'], [fortify='_FORTIFY_SOURCE as given'],
	[fortify="_FORTIFY_SOURCE=$sscep_cv_fortify (where it optimises)"
	HARDENING_CPPFLAGS="-U_FORTIFY_SOURCE -DFORTIFY_LEVEL=$sscep_cv_fortify"
	HARDENING_CPPFLAGS="$HARDENING_CPPFLAGS -include"
	HARDENING_CPPFLAGS="$HARDENING_CPPFLAGS \$(srcdir)/src/compat/fortify.h"])])

# SSCEP_HARDENING: --disable-hardening, and all of it unless that is given.
# $hardening is the summary.
AC_DEFUN([SSCEP_HARDENING], [
    AC_ARG_ENABLE([hardening],
	[AS_HELP_STRING([--disable-hardening],
	    [no hardening but that of the compiler itself
	    and of CFLAGS and LDFLAGS (default: all that is known)])],
	[], [enable_hardening=yes])
    HARDENING_CFLAGS=
    HARDENING_LDFLAGS=
    HARDENING_CPPFLAGS=
    fortify=
    AS_IF([test "$enable_hardening" != no], [
	# Code for Windows is position-independent, and -pie spoils it.
	AS_IF([test "$static_program" = all], [SSCEP_STATIC_PIE],
	    [SSCEP_HARDEN([pie], [-fPIE], [-pie], [
		#if !defined __PIC__ || defined _WIN32
		#error not wanted
		#endif])])
	SSCEP_HARDEN([relro], [], [-Wl,-z,relro])
	SSCEP_HARDEN([now], [], [-Wl,-z,now])
	SSCEP_HARDEN([noexecstack], [], [-Wl,-z,noexecstack])
	SSCEP_HARDEN([stack_protector], [-fstack-protector-strong], [])
	SSCEP_HARDEN([stack_clash], [-fstack-clash-protection], [])
	SSCEP_HARDEN([cf_protection], [-fcf-protection], [])
	SSCEP_HARDEN([branch_protection], [-mbranch-protection=standard], [])
	SSCEP_HARDEN_FORTIFY
    ])
    AC_SUBST([HARDENING_CFLAGS])
    AC_SUBST([HARDENING_LDFLAGS])
    AC_SUBST([HARDENING_CPPFLAGS])
    hardening=`echo $HARDENING_CFLAGS $HARDENING_LDFLAGS $fortify`])
