/* strings.h: see text.h. */
