# lib.sh: what scripts/quickstart and scripts/test share; a shell reads it.
# shellcheck shell=sh
#
# The caller sets: program (its name) and top (the directory of the sources).

say() {
	printf '%s\n' "$*"
}

die() {
	printf '%s: %s\n' "${program:?}" "$*" >&2
	exit 1
}

# logged FILE COMMAND...: quiet if it works, else the end of the log.
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

# provided PACKAGE: what the Debian package is wanted for is here, from
# wherever it came.
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
	libcmocka-dev) pkg-config --exists 'cmocka >= 1.1' 2>/dev/null ;;
	libclang-rt-*)
		echo 'int main(void) { return 0; }' |
			clang -fsanitize=address,undefined -x c -o /dev/null - \
				2>/dev/null
		;;
	python3-*)
		/usr/bin/python3 -c "import ${1#python3-}" 2>/dev/null
		;;
	golang-go) command -v go >/dev/null ;;
	golang-*-dev)
		dpkg-query -W -f '${Status}' "$1" 2>/dev/null |
			grep -q ' installed$'
		;;
	scep) command -v scepserver >/dev/null ;;
	iproute2) command -v ip >/dev/null ;;
	rpm) command -v rpmbuild >/dev/null ;;
	nginx-light) command -v nginx >/dev/null ;;
	softhsm2) command -v softhsm2-util >/dev/null ;;
	opensc) command -v pkcs11-tool >/dev/null ;;
	tpm2-tools) command -v tpm2_create >/dev/null ;;
	libengine-pkcs11-openssl) installed_file 'engines-*/pkcs11.so' ;;
	tpm2-openssl) installed_file ossl-modules/tpm2.so ;;
	libtss2-tcti-swtpm0) installed_file libtss2-tcti-swtpm.so.0 ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# installed_file PATTERN: below the directory of the libraries.
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

# The package lists are there and not older than a day.
lists_fresh() {
	lists=/var/lib/apt/lists
	[ -n "$(find "$lists" -maxdepth 1 -name '*_Packages*' 2>/dev/null |
		head -n 1)" ] &&
		[ -n "$(find "$lists" -maxdepth 0 -mtime -1)" ]
}

# offered PACKAGE: this release has it.
offered() {
	apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

update_lists() {
	say "Reading the package lists: apt-get update"
	logged "$1" as_root apt-get update -o Acquire::Retries=3 ||
		say "Going on with the lists as they are."
}

# install_missing LOG PACKAGE...: installs what is not provided and what this
# release offers. What is missing then is in $still_missing.
install_missing() {
	install_log=$1
	shift
	still_missing=$(missing "$@")
	[ -n "$still_missing" ] || return 0
	say "Missing here: $still_missing"
	if ! command -v apt-get >/dev/null; then
		say "There is no apt-get on this system. Please install what these"
		say "Debian packages stand for: $still_missing"
		return 0
	fi
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		say "There is no sudo on this system. Please run as root:"
		say "  apt-get install --no-install-recommends $still_missing"
		return 0
	fi
	lists_fresh || update_lists "$install_log"
	wanted=
	for package in $still_missing; do
		if offered "$package"; then
			wanted="$wanted $package"
		fi
	done
	if [ -n "$wanted" ]; then
		say "Installing: apt-get install --no-install-recommends$wanted"
		# The names are words of their own.
		# shellcheck disable=SC2086
		apt_install $wanted || {
			update_lists "$install_log"
			apt_install $wanted
		} || say "Not all of it could be installed."
	fi
	still_missing=$(missing "$@")
}

# Servers that are here for tests are not started by their packages.
apt_install() {
	services=/usr/sbin/policy-rc.d
	made_services=no
	# Expanded by the inner shell.
	# shellcheck disable=SC2016
	if [ ! -e "$services" ] && as_root sh -c \
		'printf "#!/bin/sh\nexit 101\n" >"$1" && chmod 755 "$1"' \
		sh "$services"; then
		made_services=yes
	fi
	install_status=0
	logged "$install_log" as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends \
		-o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 "$@" ||
		install_status=$?
	[ "$made_services" = no ] || as_root rm -f "$services"
	return "$install_status"
}

# make_configure LOG: ./configure, unless a newer one is there.
make_configure() {
	if [ -x "${top:?}/configure" ] && [ -e "$top/Makefile.in" ] &&
		[ -e "$top/build-aux/install-sh" ] &&
		[ -z "$(find "$top/configure.ac" "$top/Makefile.am" \
			"$top/sources.mk" -newer "$top/configure")" ]; then
		return 0
	fi
	logged "$1" "$top/bootstrap.sh"
}

processors() {
	getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
}
