/* settings.h: the command line and sscep.conf, parsed, printed and parsed again. */
#ifndef SETTINGS_H
#define SETTINGS_H

/* The most words of a command line. */
#define SETTINGS_WORDS_MAX 64

/*
 * Parses the command line, which is argc words with the program; and then again
 * with --dump-config.  What that prints is parsed as the file of the same operation:
 * the same is printed.  The words are left as they are.
 */
void settings_check(int argc, char *const *argv);

#endif
