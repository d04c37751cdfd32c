#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/windows.h"

#include <aclapi.h>
#include <sddl.h>

#include "compat/files.h"

#define LIST_MAX 256 /* characters of a list with one entry */

/* NT SERVICE\TrustedInstaller, which owns the directories of Windows. */
#define INSTALLER \
	L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

/* The user id of files of other users; see geteuid(). */
#define STRANGER 2

/* The user that this process runs as, as "S-1-5-..."; LocalFree() frees it. */
static wchar_t *find_user(void)
{
	char space[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
	TOKEN_USER *user = (void *)space;
	wchar_t *out = NULL;
	HANDLE token;
	DWORD len;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return NULL;
	if (GetTokenInformation(token, TokenUser, space, sizeof(space), &len) &&
	    !ConvertSidToStringSidW(user->User.Sid, &out))
		out = NULL;
	CloseHandle(token);
	return out;
}

bool windows_find_lists(SECURITY_DESCRIPTOR **out, mode_t mode)
{
	PSECURITY_DESCRIPTOR made = NULL;
	wchar_t text[LIST_MAX], *user;

	*out = NULL;
	if ((mode & 077) != 0)
		return true;
	if ((user = find_user()) == NULL)
		return windows_fail_last() == 0;
	swprintf(text, LIST_MAX, L"D:P(A;;FA;;;%ls)", user);
	if (ConvertStringSecurityDescriptorToSecurityDescriptorW(
		text, SDDL_REVISION_1, &made, NULL))
		*out = made;
	else
		windows_fail_last();
	LocalFree(user);
	return *out != NULL;
}

/* Those that are as root. */
static bool is_system(PSID sid)
{
	PSID installer = NULL;
	bool yes = IsWellKnownSid(sid, WinLocalSystemSid) ||
	    IsWellKnownSid(sid, WinBuiltinAdministratorsSid) ||
	    (ConvertStringSidToSidW(INSTALLER, &installer) &&
		EqualSid(sid, installer));

	LocalFree(installer);
	return yes;
}

static bool is_ours(PSID sid)
{
	wchar_t *user = find_user(), *text = NULL;
	bool yes = user != NULL && ConvertSidToStringSidW(sid, &text) &&
	    wcscmp(user, text) == 0;

	LocalFree(text);
	LocalFree(user);
	return yes;
}

/*
 * What an entry lets others do, as bits of the mode.  Who may add files to a
 * directory, but not remove those of others, finds it as sticky.
 */
static mode_t entry_mode(DWORD mask, bool directory)
{
	const DWORD all = GENERIC_ALL | WRITE_DAC | WRITE_OWNER;
	const DWORD write = FILE_WRITE_DATA | FILE_APPEND_DATA | GENERIC_WRITE;
	const DWORD replace = all | DELETE | FILE_DELETE_CHILD;
	mode_t mode = 0;

	if ((mask & (all | FILE_READ_DATA | GENERIC_READ)) != 0)
		mode |= 044;
	if ((mask & (write | replace)) != 0)
		mode |= 022;
	if (directory && (mask & write) != 0 && (mask & replace) == 0)
		mode |= S_ISVTX;
	return mode;
}

/* Those with a condition, too, as it may hold. */
static bool is_allowing(const ACCESS_ALLOWED_ACE *entry)
{
	return entry->Header.AceType == ACCESS_ALLOWED_ACE_TYPE ||
	    entry->Header.AceType == ACCESS_ALLOWED_CALLBACK_ACE_TYPE;
}

/* What others than the owner, ourselves and the system may do. */
static mode_t others_may(const ACL *list, PSID owner, bool directory)
{
	mode_t mode = 0, sticky = S_ISVTX, one;
	ACCESS_ALLOWED_ACE *entry;
	void *found;
	DWORD i;

	for (i = 0; i < list->AceCount; i++) {
		if (!GetAce((ACL *)(uintptr_t)list, i, &found))
			continue;
		entry = found;
		if (!is_allowing(entry) ||
		    (entry->Header.AceFlags & INHERIT_ONLY_ACE) != 0 ||
		    EqualSid(&entry->SidStart, owner) ||
		    is_system(&entry->SidStart) || is_ours(&entry->SidStart))
			continue;
		one = entry_mode(entry->Mask, directory);
		if ((one & 022) != 0)
			sticky &= one;
		mode |= one;
	}
	return (mode & 0777) | (mode & sticky);
}

void windows_find_access(HANDLE file, bool directory, struct stat *out)
{
	PSECURITY_DESCRIPTOR all = NULL;
	ACL *list = NULL;
	PSID owner = NULL;

	out->st_uid = geteuid();
	out->st_mode |= 0600;
	if (GetSecurityInfo(file, SE_FILE_OBJECT,
		OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
		NULL, &list, NULL, &all) != ERROR_SUCCESS)
		out->st_mode |= 066;
	else if (list == NULL || owner == NULL)
		out->st_mode |= 066;
	else
		out->st_mode |= others_may(list, owner, directory);
	if (owner != NULL && !is_system(owner) && !is_ours(owner))
		out->st_uid = STRANGER;
	LocalFree(all);
	if (directory)
		out->st_mode |= 0100 | ((out->st_mode & 044) >> 2);
}

/* A list that is all: SetSecurityInfo() would add what the directory hands down. */
static bool set_alone(HANDLE file, PSECURITY_DESCRIPTOR list)
{
	HANDLE again = windows_open_again(file, WRITE_DAC | READ_CONTROL);
	bool ok = again != INVALID_HANDLE_VALUE &&
	    SetKernelObjectSecurity(again,
		DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
		list);

	if (!ok)
		windows_fail_last();
	if (again != INVALID_HANDLE_VALUE)
		CloseHandle(again);
	return ok;
}

/* With list NULL, only what the directory hands down. */
static bool set_with_inherited(HANDLE file, ACL *list)
{
	HANDLE again = windows_open_again(file, WRITE_DAC | READ_CONTROL);
	DWORD error;
	ACL none;

	if (again == INVALID_HANDLE_VALUE)
		return windows_fail_last() == 0;
	InitializeAcl(&none, sizeof(none), ACL_REVISION);
	error = SetSecurityInfo(again, SE_FILE_OBJECT,
	    DACL_SECURITY_INFORMATION | UNPROTECTED_DACL_SECURITY_INFORMATION,
	    NULL, NULL, list != NULL ? list : &none, NULL);
	CloseHandle(again);
	return error == ERROR_SUCCESS || windows_fail(error) == 0;
}

int fchmod(int fd, mode_t mode)
{
	HANDLE file = windows_handle(fd);
	struct stat now = {0};
	SECURITY_DESCRIPTOR *alone;
	bool ok;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	if ((mode & 077) != 0) {
		windows_find_access(file, false, &now);
		return (now.st_mode & 077) != 0 ||
			set_with_inherited(file, NULL)
		    ? 0
		    : -1;
	}
	if (!windows_find_lists(&alone, mode))
		return -1;
	ok = set_alone(file, alone);
	LocalFree(alone);
	return ok ? 0 : -1;
}

int chmod(const char *path, mode_t mode)
{
	int fd = open(path, O_RDONLY), result, error;

	if (fd < 0)
		return -1;
	result = fchmod(fd, mode);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

int fchown(int fd, uid_t owner, gid_t group)
{
	(void)fd;
	if ((owner == (uid_t)-1 || owner == geteuid()) &&
	    (group == (gid_t)-1 || group == 0))
		return 0;
	errno = EPERM;
	return -1;
}

mode_t umask(mode_t mask)
{
	(void)mask;
	return 022;
}

const char compat_gives_owner[] = "icacls /setowner";
const char compat_takes_rights[] = "icacls";

/* By the number of the user, which cmd.exe and PowerShell leave as it is. */
void compat_name_command(char *out, size_t size, const char *path)
{
	wchar_t *user = find_user();

	snprintf(out, size, "icacls \"%s\" /inheritance:r /grant:r *%ls:F",
	    path, user != NULL ? user : L"S-1-3-4");
	LocalFree(user);
}

/* The file has it from the list that it gets. */
bool compat_copy_mode(int to, mode_t mode)
{
	(void)to;
	(void)mode;
	return true;
}

/* Whether entries of the type together have the mask for the user. */
static bool has_entry(ACL *list, BYTE type, PSID user, DWORD mask)
{
	ACCESS_ALLOWED_ACE *entry;
	void *found;
	DWORD i;

	for (i = 0; i < list->AceCount; i++) {
		if (!GetAce(list, i, &found))
			continue;
		entry = found;
		if (entry->Header.AceType == type &&
		    EqualSid(&entry->SidStart, user))
			mask &= ~entry->Mask;
	}
	return mask == 0;
}

/* Whether what entries of the type in list say is said by those of other, too. */
static bool is_within(ACL *list, ACL *other, BYTE type)
{
	ACCESS_ALLOWED_ACE *entry;
	void *found;
	DWORD i;

	for (i = 0; i < list->AceCount; i++) {
		if (!GetAce(list, i, &found))
			return false;
		entry = found;
		if (entry->Header.AceType == type &&
		    !is_system(&entry->SidStart) &&
		    !is_ours(&entry->SidStart) &&
		    !has_entry(other, type, &entry->SidStart, entry->Mask))
			return false;
	}
	return true;
}

/* Whether the file's list lets nobody do more than the other one. */
static bool is_no_wider(HANDLE file, ACL *other)
{
	PSECURITY_DESCRIPTOR all = NULL;
	ACL *list = NULL;
	DWORD error = GetSecurityInfo(file, SE_FILE_OBJECT,
	    DACL_SECURITY_INFORMATION, NULL, NULL, &list, NULL, &all);
	bool ok;

	if (error != ERROR_SUCCESS)
		return windows_fail(error) == 0;
	ok = other == NULL ||
	    (list != NULL && is_within(list, other, ACCESS_ALLOWED_ACE_TYPE) &&
		is_within(other, list, ACCESS_DENIED_ACE_TYPE));
	LocalFree(all);
	errno = EPERM;
	return ok;
}

/* Each entry counts for itself, wherever it has been handed down from. */
static void set_explicit(ACL *list)
{
	void *found;
	DWORD i;

	for (i = 0; list != NULL && i < list->AceCount; i++)
		if (GetAce(list, i, &found))
			((ACE_HEADER *)found)->AceFlags &= (BYTE)~INHERITED_ACE;
}

/* Another directory may hand down more than the one that the old file is from. */
static bool set_secret(int fd, PSECURITY_DESCRIPTOR all, ACL *list)
{
	HANDLE file = windows_handle(fd);
	int error;

	set_explicit(list);
	if (SetSecurityDescriptorControl(
		all, SE_DACL_PROTECTED, SE_DACL_PROTECTED) &&
	    set_alone(file, all) && is_no_wider(file, list))
		return true;
	error = errno;
	fchmod(fd, 0600);
	errno = error;
	return false;
}

static bool is_alone(PSECURITY_DESCRIPTOR all)
{
	SECURITY_DESCRIPTOR_CONTROL control = 0;
	DWORD revision;

	return GetSecurityDescriptorControl(all, &control, &revision) &&
	    (control & SE_DACL_PROTECTED) != 0;
}

bool compat_copy_access(int to, const char *path, bool secret)
{
	HANDLE file = windows_handle(to);
	wchar_t *wide = windows_path(path);
	PSECURITY_DESCRIPTOR all = NULL;
	ACL *list = NULL;
	bool ok = false;
	DWORD error;

	if (file == INVALID_HANDLE_VALUE || wide == NULL) {
		free(wide);
		return false;
	}
	error = GetNamedSecurityInfoW(wide, SE_FILE_OBJECT,
	    DACL_SECURITY_INFORMATION, NULL, NULL, &list, NULL, &all);
	if (error != ERROR_SUCCESS)
		windows_fail(error);
	else if (secret)
		ok = set_secret(to, all, list);
	else
		ok = is_alone(all) ? set_alone(file, all)
				   : set_with_inherited(file, list);
	LocalFree(all);
	free(wide);
	return ok;
}
