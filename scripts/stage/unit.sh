# unit.sh: unit tests with gcc.
# shellcheck shell=bash

packages_unit() {
	echo libcmocka-dev strace
}

stage_unit() {
	make_check gcc
}
