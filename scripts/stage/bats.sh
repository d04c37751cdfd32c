# bats.sh: runs bats.
# shellcheck shell=bash

bats_usable() {
	local number
	needs bats openssl python3-cryptography python3-asn1crypto || return
	number=$(bats --version)
	number=${number#Bats }
	if [ "$(printf '%s\n' 1.7 "$number" | sort -V | head -n 1)" != 1.7 ]
	then
		result skip "$stage" "bats $number is older than 1.7"
		return 1
	fi
}

# Uses the program with the sanitizers of clang; if there is none, that of gcc.
use_sanitized() {
	local compiler=clang
	needs clang libclang-rt-dev || compiler=gcc
	export SSCEP=$top/build-$compiler/sscep
	built "$compiler"
}

# parallel_bats NAME ARGUMENT...: the last one is a file or a directory. The
# files of a directory run in parallel, the tests of each file in sequence: if
# they ran in parallel, bats would let a test wait up to a second for the end of
# another. Tests also wait for servers and time limits, so that there are more
# of them than processors.
parallel_bats() {
	local parallel=()
	if [ -z "$(missing parallel)" ] && [ "$jobs" -gt 1 ]; then
		if [ -d "${!#}" ]; then
			parallel=(--jobs $((jobs + (jobs + 1) / 2))
				--no-parallelize-within-files)
		else
			parallel=(--jobs $((2 * jobs)))
		fi
	fi
	watched_bats "$1" "${plain[@]}" bats "${parallel[@]}" "${@:2}"
}

# watched_bats NAME COMMAND...: runs bats; it counts as hanging if no further
# test begins for some time.
watched_bats() {
	local directory pid status before=-1 now since=$SECONDS
	directory=$(mktemp -u "${TMPDIR:-/tmp}/bats-run-XXXXXX")
	echo "$directory $out/$1.tap" >"$out/$stage.running"
	: >"$out/$1.tap"
	"${@:2}" --tempdir "$directory" --formatter tap >"$out/$1.tap" 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		now=$(tests_begun)
		if [ "$now" != "$before" ]; then
			before=$now
			since=$SECONDS
		elif ((SECONDS - since > 600 * slowness)); then
			result fail "$1" "hung after $now"
			end_tree "$pid"
			break
		fi
	done
	wait "$pid"
	status=$?
	: >"$out/$stage.running"
	bats_results "$1"
	if [ "$status" -ne 0 ] && [ "$(count fail "$results")" -eq 0 ]; then
		result fail "$1" "bats ended with status $status"
	fi
}

# bats_results NAME: adds the results in $out/NAME.tap.
bats_results() {
	cat "$out/$1.tap"
	blame_tap "$out/$1.tap"
	tap "$1" "$out/$1.tap"
}

# tests_begun: how many tests bats has begun. Each has a directory; some
# versions put NUMBER.name beside it. $out/$stage.running has the parent
# directory and the file that begins with the total: bats itself needs seconds
# to count.
tests_begun() {
	local directory said total begun
	read -r directory said <"$out/$stage.running"
	total=$(sed -n '1s/^1\.\.//p' "$said")
	begun=$(find "$directory/test" -mindepth 1 -maxdepth 1 \
		! -name '*.*' 2>/dev/null | wc -l)
	echo "$begun of ${total:-its} tests"
}
