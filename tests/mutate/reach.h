/* reach.h: which blocks of the sources a test reaches; in copies only. */
#ifndef MUTATE_REACH_H
#define MUTATE_REACH_H

void reach_note(const char *block);

#define REACH(block)                                                           \
	do {                                                                   \
		static char noted;                                             \
		if (!noted) {                                                  \
			noted = 1;                                             \
			reach_note(block);                                     \
		}                                                              \
	} while (0)

#endif
