/* receiving.h: the line on a terminal that tells how much of an answer is there. */
#ifndef RECEIVING_H
#define RECEIVING_H

#include "http/observer.h"

/* Shows the line while an answer comes in, if live_is_enabled(). */
struct http_observer receiving_observer(void);

/* After an exchange: erases the line. */
void receiving_end(void);

#endif
