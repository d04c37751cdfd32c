# advantech.sh: the module for Advantech routers, with the program for ARM, by qemu.
# shellcheck shell=bash

packages_advantech() {
	packages_testca
	echo bats make perl patch xz-utils gcc-arm-linux-gnueabihf \
		libc6-dev-armhf-cross qemu-user-static
}

# libcrypto and what is unpacked stay in build-advantech/ for the next run.
stage_advantech() {
	local dir=$top/build-advantech
	# shellcheck disable=SC2046
	bats_usable && needs $(packages advantech) && new_configure || return 0
	rm -rf "$top/build-static/armhf-musl-small"
	check "module" make_module || return
	mv "$dir/scepClient.tgz" "$out/scepClient.tgz"
	rm -rf "$top/build-static/armhf-musl-small"
	check "module again" make_module || return
	check "both are the same" cmp "$dir/scepClient.tgz" "$out/scepClient.tgz"
	check "module without TLS" make_module --no-tls || return
	MODULE=$dir/scepClient.tgz MODULE_NO_TLS=$dir/no-tls/scepClient.tgz \
		PARTS=$dir/parts SSCEP=$top/build-static/armhf-musl-small/sscep \
		watched_bats advantech \
		"${plain[@]}" bats tests/advantech/router.bats
}

# make_module [OPTION]
make_module() {
	bounded 1800 scripts/advantech "$@" --cache "$top/build-advantech/cache"
}
