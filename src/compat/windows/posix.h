/* posix.h: included before all else on Windows: what POSIX adds to the headers of C. */
#ifndef COMPAT_WINDOWS_POSIX_H
#define COMPAT_WINDOWS_POSIX_H

/* The arguments come in UTF-16: start.c has the function that is called first. */
#define main windows_main
int windows_main(int argc, char **argv);

#include "compat/windows/files.h"
#include "compat/windows/signals.h"
#include "compat/windows/text.h"

#endif
