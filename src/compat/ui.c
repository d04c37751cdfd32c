#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <openssl/crypto.h>

#include "compat/ui.h"

#ifdef HAVE_UI_UTIL_WRAP_READ_PEM_CALLBACK

UI_METHOD *compat_new_ui(pem_password_cb *callback)
{
	return UI_UTIL_wrap_read_pem_callback(callback, 0);
}

#else

static pem_password_cb *ask;

static int answer(UI *ui, UI_STRING *question)
{
	enum UI_string_types type = UI_get_string_type(question);
	char text[PEM_BUFSIZE + 1];
	int len, ok;

	if (type != UIT_PROMPT && type != UIT_VERIFY)
		return 1;
	len = ask(text, PEM_BUFSIZE, type == UIT_VERIFY, UI_get0_user_data(ui));
	if (len >= 0)
		text[len] = '\0';
	ok = len >= 0 && UI_set_result(ui, question, text) == 0;
	OPENSSL_cleanse(text, sizeof(text));
	return ok;
}

UI_METHOD *compat_new_ui(pem_password_cb *callback)
{
	UI_METHOD *method = UI_create_method("callback");

	ask = callback;
	if (method != NULL)
		UI_method_set_reader(method, answer);
	return method;
}

#endif

#ifndef _WIN32
UI *compat_new_prompt(void)
{
	return UI_new();
}
#endif
