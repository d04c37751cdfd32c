# build.sh: builds that several stages use.
# shellcheck shell=bash

# For configure, where nothing is built a second time.
once=--disable-dependency-tracking

# build gcc|clang [MAKE-ARGUMENT...]: in build-gcc, build-clang.
build() {
	local level=-O2
	[ "$1" = gcc ] || level=-O1
	configure_build "$1" &&
		make_build "$1" CFLAGS="$level $(flags "$1")" "${@:2}"
}

make_build() {
	bounded 600 make -C "$top/build-$1" -j "$jobs" "${@:2}"
}

# flags gcc|clang: without the level of optimisation. Names and lines are all that
# reports show.
flags() {
	local flags="-g1 $warnings"
	[ "$1" = gcc ] || flags+=" -fno-omit-frame-pointer $sanitizers"
	echo "$flags"
}

# configure_build gcc|clang: in build-gcc, build-clang, once.
configure_build() {
	exclusively "configure-$1" configure_once "$1"
}

configure_once() {
	local dir=$top/build-$1
	[ ! -f "$dir/config.status" ] || return 0
	new_configure || return
	mkdir -p "$dir"
	# shellcheck disable=SC2016
	(cd "$dir" && bounded 300 "$top/configure" CC="$1" \
		--with-systemdsystemunitdir='${prefix}/lib/systemd/system' \
		--with-cron-dir='${pkglibexecdir}')
}

# same_config DIRECTORY DIRECTORY: both config.h define the same.
same_config() {
	local dir
	for dir; do
		[ -n "$(has_defined "$dir")" ] || return
	done
	diff <(has_defined "$1") <(has_defined "$2")
}

# has_defined DIRECTORY: the names HAVE_* of its config.h.
has_defined() {
	sed -n 's/^#define \(HAVE_[A-Z0-9_]*\) 1$/\1/p' "$1/config.h" | sort
}

# new_configure: makes ./configure, unless it is new.
new_configure() {
	exclusively configure make_configure "$out/bootstrap.log"
}

# built gcc|clang: the same; the first time it counts as a test.
built() {
	exclusively "build-$1" build_once "$1"
}

build_once() {
	if [ -e "$out/build-$1.failed" ]; then
		result fail "$stage" "needs the build with $1, which failed"
		blame "$stage" <<<"needs the build with $1, which failed"
		return 1
	elif [ -e "$out/build-$1.done" ]; then
		return 0
	elif check "build ($1)" build "$1" all; then
		: >"$out/build-$1.done"
	else
		: >"$out/build-$1.failed"
		return 1
	fi
}

# make_check gcc|clang MAKE-ARGUMENT...: counts the tests of the programs; each
# fuzzer is one. The programs are compiled faster than what they test: gcc warns of
# variables that are not set from -O1 on, clang at each level.
make_check() {
	local dir=$top/build-$1 level=-O1 status trs log name failures
	[ "$1" = gcc ] || level=-O0
	needs libcmocka-dev || return 0
	forget_lack_of_cmocka "$dir"
	built "$1" || return 0
	find "$dir" -name '*.trs' -delete
	rm -rf "$out/tmp-$1"
	mkdir "$out/tmp-$1"
	printf '\n--- make check (%s)\n' "$1"
	TMPDIR=$out/tmp-$1 make_build "$1" CFLAGS="$level $(flags "$1")" \
		-k check "${@:2}"
	status=$?
	while read -r trs; do
		name="${trs##*/}"
		name="${name%.trs} ($1)"
		log=${trs%.trs}.log
		if ! grep -q ':test-result: PASS' "$trs"; then
			printf '\n--- %s\n' "$log"
			cat "$log"
			blame "$name" <"$log"
		fi
		failures=$(count fail "$results")
		if grep -q '^[[:space:]]*1\.\.' "$log"; then
			tap "$name" "$log"
		elif grep -q ':test-result: PASS' "$trs" &&
			[[ $trs != */unit/* ]]; then
			result pass "$name"
		else
			result fail "$name"
		fi
		if ! grep -q ':test-result: PASS' "$trs" &&
			[ "$(count fail "$results")" -eq "$failures" ]; then
			result fail "$name" "$(grep -m 1 result "$trs")"
		fi
	done < <(find "$dir" -name '*.trs' | sort)
	if [ "$status" -ne 0 ] && [ "$(count fail "$results")" -eq 0 ]; then
		result fail "make check ($1)" "exit status $status"
	elif [ -z "$(find "$dir/tests/unit" -name '*.trs')" ]; then
		result fail "make check ($1)" "no unit test ran"
	fi
}

# forget_lack_of_cmocka DIRECTORY: configures it again if another stage did so
# before cmocka was installed.
forget_lack_of_cmocka() {
	if grep -q '^S\["HAVE_CMOCKA_TRUE"\]="#"' "$1/config.status" \
		2>/dev/null; then
		rm "$1/config.status"
	fi
}
