# lib.sh: functions that the scripts in this directory share.
# shellcheck shell=sh
#
# The caller sets: program (its name) and top (the directory of the sources).

# Warnings of gcc and clang; in tests each is an error.
warnings='-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual'
# shellcheck disable=SC2034
warnings="$warnings -Wstrict-prototypes -Werror"

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "${program:?}" "$*" >&2
	exit 1
}

# logged FILE COMMAND...: logs its output; shows the end of it if it fails.
logged() {
	logged_file=$1
	shift
	printf '+ %s\n' "$*" >>"$logged_file"
	logged_before=$(wc -l <"$logged_file")
	"$@" >>"$logged_file" 2>&1 </dev/null && return 0
	say "This command failed: $*"
	say "The end of its log, $logged_file:"
	sed "1,${logged_before}d" "$logged_file" | tail -n 30 |
		sed 's/^/  | /'
	return 1
}

# provided PACKAGE: the system has what the Debian package is needed for, from
# whatever source.
provided() {
	case $1 in
	libc6-dev)
		echo 'int main(void) { return 0; }' |
			gcc -x c -include stdio.h -o /dev/null - 2>/dev/null
		;;
	libssl-dev)
		pkg-config --exists "libcrypto >= 1.1.1" "libssl >= 1.1.1" \
			2>/dev/null
		;;
	zlib1g-dev) pkg-config --exists zlib 2>/dev/null ;;
	libzstd-dev) pkg-config --exists libzstd 2>/dev/null ;;
	libcmocka-dev) pkg-config --exists 'cmocka >= 1.1' 2>/dev/null ;;
	libclang-rt-*)
		echo 'int main(void) { return 0; }' |
			clang -fsanitize=address,undefined -x c -o /dev/null - \
				2>/dev/null
		;;
	python3-*)
		/usr/bin/python3 -c "import ${1#python3-}" 2>/dev/null
		;;
	libc6-dev-*-cross)
		provided_cross=${1#libc6-dev-}
		provided_cross=$(cross_compiler "${provided_cross%-cross}")
		echo 'int main(void) { return 0; }' |
			"$provided_cross" -x c -include stdio.h -o /dev/null - \
				2>/dev/null
		;;
	gcc-*-linux-gnu*) command -v "${1#gcc-}-gcc" >/dev/null ;;
	wine64) [ -n "$(find /usr/lib/wine -name 'wine64*' 2>/dev/null | head -n 1)" ] ;;
	gcc-mingw-w64-x86-64-win32) command -v x86_64-w64-mingw32-gcc >/dev/null ;;
	mingw-w64-x86-64-dev)
		echo 'int main(void) { return 0; }' |
			x86_64-w64-mingw32-gcc -fsyntax-only -x c \
				-include windows.h - 2>/dev/null
		;;
	musl-tools) command -v musl-gcc >/dev/null ;;
	linux-libc-dev) [ -e /usr/include/linux/version.h ] ;;
	perl) perl -MFindBin -MIPC::Cmd -e 1 2>/dev/null ;;
	xz-utils) command -v xz >/dev/null ;;
	golang-go) command -v go >/dev/null ;;
	golang-*-dev | build-essential)
		dpkg-query -W -f '${Status}' "$1" 2>/dev/null |
			grep -q ' installed$'
		;;
	scep) command -v scepserver >/dev/null ;;
	iproute2) command -v ip >/dev/null ;;
	rpm) command -v rpmbuild >/dev/null ;;
	elfutils) command -v eu-strip >/dev/null ;;
	nginx-light) command -v nginx >/dev/null ;;
	debhelper) command -v dh >/dev/null ;;
	systemd-dev) pkg-config --exists systemd 2>/dev/null ;;
	systemd) command -v systemd-analyze >/dev/null ;;
	afl++) command -v afl-fuzz >/dev/null ;;
	softhsm2) command -v softhsm2-util >/dev/null ;;
	opensc) command -v pkcs11-tool >/dev/null ;;
	tpm2-tools) command -v tpm2_create >/dev/null ;;
	libengine-pkcs11-openssl) installed_file 'engines-*/pkcs11.so' ;;
	tpm2-openssl) installed_file ossl-modules/tpm2.so ;;
	libtss2-tcti-swtpm0) installed_file libtss2-tcti-swtpm.so.0 ;;
	qemu-user-static) command -v qemu-s390x-static >/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# cross_compiler ARCHITECTURE: the name of Debian's compiler for it.
cross_compiler() {
	case $1 in
	armhf) echo arm-linux-gnueabihf-gcc ;;
	*) echo "$1-linux-gnu-gcc" ;;
	esac
}

# musl_armhf DIRECTORY: unpacks Debian's musl for armhf there, and prints the name of
# a compiler that makes static programs with it.
musl_armhf() {
	musl_dir=$1
	"${top:?}/scripts/unpack" "$musl_dir" "$(codename)" armhf musl-dev \
		>&2 || return
	sed "s,/usr/[a-z]*/arm-linux-musleabihf,$musl_dir&,g" \
		"$musl_dir/usr/lib/arm-linux-musleabihf/musl-gcc.specs" \
		>"$musl_dir/specs"
	printf '#!/bin/sh\nexec arm-linux-gnueabihf-gcc -static "$@" -specs %s\n' \
		"'$musl_dir/specs'" >"$musl_dir/gcc"
	chmod +x "$musl_dir/gcc"
	printf '%s\n' "$musl_dir/gcc"
}

# installed_file PATTERN: finds a file below the directories of libraries.
installed_file() {
	[ -n "$(find /usr/lib /usr/lib64 -path "*/$1" 2>/dev/null |
		head -n 1)" ]
}

# missing PACKAGE...: prints those that are not provided.
missing() {
	for package in "$@"; do
		provided "$package" || printf '%s ' "$package"
	done
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}

# can_become_root: if not, sets $refusal. sudo may prompt for a password on the
# terminal.
can_become_root() {
	[ "$(id -u)" -ne 0 ] || return 0
	if ! command -v sudo >/dev/null; then
		refusal="There is no sudo here, and this user is not root."
		return 1
	fi
	refusal=$(sudo -- true 2>&1 </dev/null) || {
		refusal="sudo cannot be used: $refusal"
		return 1
	}
}

lists_here() {
	[ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' \
		2>/dev/null | head -n 1)" ]
}

# The package lists exist and are not older than a day.
lists_fresh() {
	lists_here && [ -n "$(find /var/lib/apt/lists -maxdepth 0 -mtime -1)" ]
}

# offered PACKAGE: this release offers it, possibly under another name.
offered() {
	apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]' ||
		apt-get install --simulate --no-install-recommends "$1" \
			>/dev/null 2>&1
}

# apt_says LOG COMMAND...: logs its output; prints the errors of apt if it
# fails.
apt_says() {
	apt_log=$1
	shift
	apt_command=$*
	printf '+ %s\n' "$*" >>"$apt_log"
	apt_before=$(wc -l <"$apt_log")
	"$@" >>"$apt_log" 2>&1 </dev/null && return 0
	say "This command failed: ${apt_command#as_root }"
	sed "1,${apt_before}d" "$apt_log" >"$apt_log.last"
	{ grep -E '^(E|W|dpkg|sudo): ' "$apt_log.last" ||
		cat "$apt_log.last"; } | tail -n 12 | sed 's/^/  | /'
	rm -f "$apt_log.last"
	say "The whole log is $apt_log"
	return 1
}

# By default apt only warns if the mirror cannot be reached.
update_lists() {
	say "Reading the package lists: apt-get update"
	apt_says "$1" as_root apt-get update -o Acquire::Retries=3 \
		-o APT::Update::Error-Mode=any
}

# advise PACKAGE...: prints how to install them by hand.
advise() {
	[ $# -gt 0 ] || return 0
	say "To install what is missing, run this as root, and then $program again:"
	say "  apt-get update"
	say "  apt-get install --no-install-recommends $*"
}

# install_missing LOG PACKAGE...: installs packages that are not provided and
# that this release offers. $still_missing then has the missing ones; for those
# that could have been installed, the reason and a remedy have been printed.
install_missing() {
	install_log=$1
	shift
	unfinished=${top:?}/scripts/.installing
	still_missing=$(missing "$@")
	[ -n "$still_missing" ] || [ -e "$unfinished" ] || return 0
	if [ -n "$still_missing" ]; then
		say "Missing here: $still_missing"
	else
		say "An installation was interrupted, and is finished now."
	fi
	if ! command -v apt-get >/dev/null; then
		say "There is no apt-get on this system. Please install what these"
		say "Debian packages stand for: $still_missing"
		return 0
	fi
	# Each name is a word of its own.
	# shellcheck disable=SC2086
	if ! can_become_root; then
		say "$refusal"
		choose_offered $still_missing
		advise $wanted
	elif ! install_wanted $still_missing; then
		advise $wanted
	fi
	still_missing=$(missing "$@")
}

# choose_offered PACKAGE...: sets $wanted; without package lists, to all of
# them.
choose_offered() {
	wanted=$*
	lists_here || return 0
	apt-get install --simulate --no-install-recommends "$@" \
		>/dev/null 2>&1 && return 0
	wanted=
	for package in "$@"; do
		if offered "$package"; then
			wanted="$wanted $package"
		else
			say "Not in this release: $package"
		fi
	done
	wanted=${wanted# }
}

# install_wanted PACKAGE...: if it fails, tries once more with new lists.
install_wanted() {
	wanted=$*
	lists_fresh || update_lists "$install_log" || lists_here || return
	choose_offered "$@"
	[ -n "$wanted" ] || [ -e "$unfinished" ] || return 0
	say "Installing: apt-get install --no-install-recommends $wanted"
	# shellcheck disable=SC2086
	apt_says "$install_log" as_root "$top/scripts/install-packages" $wanted ||
		{ update_lists "$install_log" &&
			apt_says "$install_log" as_root \
				"$top/scripts/install-packages" $wanted; }
}

# configure_is_new: ./configure exists and is newer than its sources.
configure_is_new() {
	[ -x "${top:?}/configure" ] && [ -e "$top/Makefile.in" ] &&
		[ -e "$top/build-aux/install-sh" ] &&
		[ -z "$(find "$top/configure.ac" "$top/Makefile.am" \
			"$top/m4" "$top/sources.mk" -type f \
			-newer "$top/configure")" ]
}

# make_configure LOG: makes ./configure, unless it is new.
make_configure() {
	configure_is_new || logged "$1" "$top/bootstrap.sh"
}

# codename: of this release, for example bookworm; empty if it has none.
codename() {
	# shellcheck source=/dev/null
	[ ! -r /etc/os-release ] ||
		(. /etc/os-release && echo "${VERSION_CODENAME-}")
}

# mirror_of SUITE: the mirror of Debian in the apt sources, in either format.
mirror_of() {
	apt-get indextargets --no-release-info 2>/dev/null |
		awk -F ': ' -v names=" $(codename) $1 stable oldstable testing sid " '
		{ field[$1] = $2 }
		$1 == "" && field["Component"] == "main" &&
			index(names, " " field["Release"] " ") {
			print field["Repo-URI"]
			exit
		}
		$1 == "" { split("", field) }'
}

processors() {
	getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
}
