# rules.sh: house rules, shellcheck, clang-format, manuals.
# shellcheck shell=bash

packages_rules() {
	echo shellcheck mandoc
	[ "$pinned" = no ] || echo clang-format-14
}

# Every shell script, by its first line or by its name.
shell_scripts() {
	find .ci bench bootstrap.sh debian mkrequest scripts tests -type f \
		! -name '*.log' ! -name '*.in' ! -path 'debian/build/*' \
		! -path 'debian/sscep/*' | sort |
		while read -r file; do
			case $(head -n 1 "$file" | tr -d '\0') in
			'#!'*sh | '#!'*bats) echo "$file" ;;
			*)
				case $file in
				*.sh | *.bash) echo "$file" ;;
				esac
				;;
			esac
		done
}

# Not checked: variables that another file sets or reads; in tests cd that may
# fail, because bats stops there, functions that are called without arguments,
# lists of names in one variable.
shell_check() {
	case $1 in
	*.bats | *.bash)
		bounded 60 shellcheck -x -S warning \
			-e SC2034,SC2046,SC2120,SC2154,SC2164 "$1"
		;;
	scripts/test | scripts/stage/*)
		bounded 60 shellcheck -x -e SC2034,SC2154 "$1"
		;;
	*) bounded 60 shellcheck -x "$1" ;;
	esac
}

clang_format() {
	find src bench tests/fuzz tests/unit -name '*.[ch]' -print0 |
		xargs -0 clang-format-14 --dry-run -Werror
}

# sources.mk lists the files of src/, except those of the two programs.
sources_listed() {
	diff <(sed -n 's/^\t\(src[^ ]*\).*/\1/p' sources.mk | sort) \
		<(find src \( -name '*.[ch]' -o -path '*/windows/sscep.*' \) \
			! -path src/main.c ! -path src/docs.c | sort)
}

stage_rules() {
	local file
	check "sources.mk is complete" sources_listed
	check "house rules" tests/check-rules
	check "house rules, self-test" tests/check-rules --self-test
	check "mutants, self-test" scripts/mutate --self-test
	if needs shellcheck; then
		while read -r file; do
			check "shellcheck $file" shell_check "$file"
		done < <(shell_scripts)
	fi
	if [ "$pinned" = yes ]; then
		needs clang-format-14 && check clang-format clang_format
	else
		result elsewhere clang-format "version 14 decides, on Debian 12"
	fi
	if needs mandoc; then
		for file in man/*.[1-9]; do
			check "mandoc $file" mandoc -T lint -W warning "$file"
		done
	fi
}
