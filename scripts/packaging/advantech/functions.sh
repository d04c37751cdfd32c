# functions.sh: what the scripts of the module share.
# shellcheck shell=sh
#
# The caller sets: etc, the directory of this file.

unset CDPATH
umask 022
module=${etc:?}/..
module=$(cd -P "$module" && pwd) || exit 1
etc=$module/etc

# shellcheck source=scripts/packaging/advantech/defaults
. "$etc/defaults"
# Where uninstall leaves the settings for an install.
# shellcheck disable=SC2034
kept_settings=$MOD_SCEPCLIENT_DIRECTORY/settings

say() {
	printf '%s\n' "scepClient: $*"
}

complain() {
	say "$*" >&2
}

# read_settings: what they do not have stays as in defaults. An error of syntax in them
# would end this shell.
read_settings() {
	[ -e "$etc/settings" ] || return 0
	# shellcheck source=scripts/packaging/advantech/defaults
	if [ "$(. "$etc/settings" >/dev/null; echo read)" != read ]; then
		complain "$etc/settings cannot be read: correct it, or 'init defaults'"
		return 1
	fi
	# shellcheck source=scripts/packaging/advantech/defaults
	. "$etc/settings"
	case $(cat "$etc/settings") in
	*"$(printf '\r')"*)
		complain "$etc/settings: its lines end as on Windows: tr -d '\\r' mends it"
		return 1
		;;
	esac
	case $MOD_SCEPCLIENT_DIRECTORY in
	/*) ;;
	*)
		complain "MOD_SCEPCLIENT_DIRECTORY in $etc/settings has to begin with /"
		return 1
		;;
	esac
}

# What only the entry of this module has.
mark=" $module/etc/renew "

# entry_in FILE
entry_in() {
	grep -q -F "$mark" "$1" 2>/dev/null
}

usual_crontabs='/var/spool/cron/crontabs /etc/crontabs'

# crontabs: prints the directories that are there.
crontabs() {
	for directory in ${MOD_SCEPCLIENT_CRONTABS:-$usual_crontabs}; do
		[ ! -d "$directory" ] || printf '%s\n' "$directory"
	done
}

# print_others: the lines of standard input that are not of this module. grep of BusyBox
# does not tell when there is no room for what it prints.
print_others() {
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		*"$mark"*) ;;
		*) printf '%s\n' "$line" || return ;;
		esac
	done
}

# change_crontab DIRECTORY [ENTRY]: the crontab of root has this entry of the module,
# or none. crond takes no file whose name has a dot for a crontab, and reads all again
# when the directory has changed.
change_crontab() {
	crontab=$1/root
	# That of another run at the same time has another name.
	new=$crontab.scepClient.$$
	(
		umask 077
		rm -f "$new" && : >"$new" || exit
		if [ -e "$crontab" ]; then
			cp -p "$crontab" "$new" || exit
			print_others <"$crontab" >"$new" || exit
		fi
		[ -z "${2-}" ] || printf '%s\n' "$2" >>"$new"
	) && {
		if [ -s "$new" ]; then
			mv -f "$new" "$crontab"
		else
			rm -f "$new" "$crontab"
		fi
	} && return
	rm -f "$new" 2>/dev/null
	return 1
}

# remove_entry: from all crontabs, also the usual ones when settings have another.
remove_entry() {
	keep_entry_in ''
}

# keep_entry_in DIRECTORY: the same, but for the crontab there.
keep_entry_in() {
	removed=0
	for directory in $MOD_SCEPCLIENT_CRONTABS $usual_crontabs; do
		[ "$directory" != "$1" ] || continue
		entry_in "$directory/root" || continue
		change_crontab "$directory" || {
			complain "$directory/root: the entry cannot be removed"
			removed=1
		}
	done
	return "$removed"
}
