/* ui.h: how libcrypto and its modules ask for a PIN or a pass phrase. */
#ifndef COMPAT_UI_H
#define COMPAT_UI_H

#include <openssl/pem.h>
#include <openssl/ui.h>

/*
 * A method whose answers are those of callback, which gets the user data of the
 * UI.  All methods must have the same callback.  NULL: out of memory.
 */
UI_METHOD *compat_new_ui(pem_password_cb *callback);

/* A UI that prompts on the terminal, without echo.  NULL: out of memory. */
UI *compat_new_prompt(void);

#endif
