# interop.sh: tests against other servers, in a network of their own.
# shellcheck shell=bash

packages_interop() {
	packages_testca
	echo bats iproute2 nginx-light scep golang-go \
		golang-github-smallstep-certificates-dev
}

# alone COMMAND...: runs it in a private network with only a loopback.
alone() {
	local up="ip link set lo up && exec \"\$@\""
	if [ "$(id -u)" -eq 0 ]; then
		unshare -n sh -c "$up" sh "$@"
	elif unshare -rn ip link set lo up 2>/dev/null; then
		unshare -rn sh -c "$up" sh "$@"
	else
		sudo -n unshare -n sh -c "$up" sh setpriv \
			--reuid "$(id -u)" --regid "$(id -g)" --init-groups \
			env PATH="$PATH" HOME="$HOME" LC_ALL="$LC_ALL" \
			TMPDIR="${TMPDIR:-/tmp}" slowness="$slowness" \
			SSCEP="${SSCEP:-}" MKREQUEST="$MKREQUEST" \
			GOCACHE="${GOCACHE:-}" "$@"
	fi
}

# Each file of tests/interop tests one server, and needs other packages.  What
# Go has compiled for one of them stays in build-go/ for the next run.
stage_interop() {
	bats_usable && needs iproute2 || return 0
	if ! alone true; then
		result skip interop "no network namespace can be made here"
		return
	fi
	built gcc || return
	export SSCEP=$top/build-gcc/sscep GOCACHE=$top/build-go
	needs scep && watched_bats scepserver \
		alone "${plain[@]}" bats tests/interop/scepserver.bats
	needs golang-go golang-github-smallstep-certificates-dev &&
		watched_bats stepca \
			alone "${plain[@]}" bats tests/interop/stepca.bats
	check "all files of tests/interop ran" \
		[ "$(echo tests/interop/*.bats)" = "tests/interop/\
scepserver.bats tests/interop/stepca.bats" ]
}
