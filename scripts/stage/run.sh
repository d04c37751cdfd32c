# run.sh: runs stages, two at a time.
# shellcheck shell=bash

# $running has the names of those that run; $pid_of and $began, by name, their
# processes and when they began.

declare -A pid_of began
running=()
shown=0

# run_stages STAGE...
run_stages() {
	local at_most=$((jobs > 1 ? 2 : 1)) stage
	for stage; do
		begin "$stage"
		wait_until_less_than "$at_most"
	done
	wait_until_less_than 1
}

wait_until_less_than() {
	while [ "${#running[@]}" -ge "$1" ]; do
		sleep 0.5
		finish_ended
		show_progress
	done
}

# begin STAGE: starts it, with its output in a log.
begin() {
	local name
	for name in results log failed running times; do
		: >"$out/$1.$name"
	done
	began[$1]=$SECONDS
	run_stage "$1" >"$out/$1.log" 2>&1 </dev/null &
	pid_of[$1]=$!
	running+=("$1")
}

# run_stage STAGE: in a subshell.
run_stage() {
	local stage=$1 results=$out/$1.results status
	export ASAN_OPTIONS=detect_leaks=1:exitcode=99
	ASAN_OPTIONS+=:allocator_may_return_null=1
	ASAN_OPTIONS+=:log_path=$out/reports-$stage/report
	UBSAN_OPTIONS=print_stacktrace=1:$ASAN_OPTIONS
	rm -rf "$out/reports-$stage"
	mkdir "$out/reports-$stage"
	trap - EXIT
	"stage_$stage"
	status=$?
	blame_reports
	times >"$out/$stage.times"
	return "$status"
}

# The reports of the sanitizers, which a test may overlook.
blame_reports() {
	local report
	for report in "$out/reports-$stage"/*; do
		[ -f "$report" ] || continue
		result fail "no report of the sanitizers" "${report##*/}"
		cat "$report"
		blame "${report##*/}" <"$report"
	done
}

# finish STAGE: waits until it has ended, and prints its results.
finish() {
	local stage=$1 results=$out/$1.results log=$out/$1.log status failures
	wait "${pid_of[$1]}"
	status=$?
	if [ "$status" -ne 0 ] && [ "$(count fail "$results")" -eq 0 ]; then
		result fail "$stage" "the stage ended with status $status"
	elif [ ! -s "$results" ]; then
		result fail "$stage" "the stage ran no tests"
	fi
	if [ "$strict" = yes ]; then
		sed -i 's/^skip\t\(.*\)\t\(.*\)/fail\t\1\tskipped: \2/' \
			"$results"
	fi
	failures=$(count fail "$results")
	[ ! -t 1 ] || printf '\r%s' "$erase"
	printf '== %-10s %4d passed, %d failed, %d skipped  %4d s, %4d s of CPU\n' \
		"$stage" "$(count pass "$results")" "$failures" \
		"$(count skip "$results")" $((SECONDS - began[$stage])) \
		"$(cpu_seconds)"
	if [ "$failures" -gt 0 ]; then
		awk -F '\t' '/^fail/ { print "   FAILED " $2 \
			($3 == "" ? "" : " (" $3 ")") }' "$results"
		if [ ! -s "$out/$stage.failed" ]; then
			blame "the end of the log" <"$log"
		fi
		head -n 200 "$out/$stage.failed" | sed 's/^/   | /'
		echo "   The whole log is $log"
	fi
	cat "$results" >>"$out/all"
}

# cpu_seconds: what $stage has used of all processors, with the processes for
# which it waited. Test CAs that bats has forked are not among them.
cpu_seconds() {
	awk -F '[ms ]+' '{ sum += 60 * ($1 + $3) + $2 + $4 }
		END { printf "%.0f", sum }' "$out/$stage.times"
}

# finish_ended: finishes those that have ended.
finish_ended() {
	local name still=()
	for name in "${running[@]}"; do
		if kill -0 "${pid_of[$name]}" 2>/dev/null; then
			still+=("$name")
		else
			finish "$name"
		fi
	done
	running=("${still[@]}")
}

# end_all: ends those that run, and waits until they have ended.
end_all() {
	local name
	for name in "${running[@]}"; do
		end_tree "${pid_of[$name]}"
		wait "${pid_of[$name]}" 2>/dev/null
	done
	running=()
}

# show_progress: on a terminal in one line, else every half minute.
show_progress() {
	local stage line=
	if [ ! -t 1 ]; then
		((SECONDS >= shown + 30)) || return
		shown=$SECONDS
	fi
	for stage in "${running[@]}"; do
		line+="${line:+; }$stage: $(progress)"
		line+=", $((SECONDS - began[$stage])) s"
	done
	if [ -t 1 ]; then
		printf '\r%s== %.75s' "$erase" "$line"
	else
		printf '   %s\n' "$line"
	fi
}

# progress: the number of tests that $stage has begun, or its current check.
progress() {
	if [ -s "$out/$stage.running" ]; then
		tests_begun
	else
		tac "$out/$stage.log" | sed -n 's/^--- \([^:]*\).*/\1/p;T;q'
	fi
}
