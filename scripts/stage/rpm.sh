# rpm.sh: an rpm package.
# shellcheck shell=bash

packages_rpm() {
	echo rpm file elfutils
	packages_unit
}

# Runs the command of the README, which builds below ~/rpmbuild, but for "make
# check", which the stage dist runs on the same files.
stage_rpm() {
	local command rpm built=$HOME/rpmbuild
	needs rpm file elfutils libcmocka-dev || return 0
	tarball || return
	command=$(sed -n 's/^    \(rpmbuild .*\)/\1/p' README.md)
	rm -rf "$built" "$built.first"
	check "$command" beside_tarball "$command --nocheck" || return
	rpm=$(find "$built/RPMS" -name 'sscep-[0-9]*.rpm')
	mkdir "$built/root"
	check "rpm unpacked" unpack_rpm "$rpm" "$built/root" || return
	check "files of the rpm" has_files "$built/root/usr"
	check "version of the rpm" [ "$(rpm -qp --qf '%{VERSION}' "$rpm")" = \
		"${version/-/\~}" ]
	if [ "$(id -u)" -eq 0 ] || unshare -r true; then
		check "rpm installed in a root of its own" \
			install_rpm "$rpm" "$built/installed" || return
		check "program of the rpm" \
			says_version "$built/installed/usr/bin/sscep"
	else
		result elsewhere "rpm installed in a root of its own" \
			"only root, or a user who has namespaces"
	fi
	mv "$built" "$built.first"
	check "the same rpm again" rpm_again "$built.first" "$built"
}

beside_tarball() {
	(cd "$out" && bounded 600 sh -c "$1")
}

unpack_rpm() {
	(cd "$2" && rpm2archive - <"$1" | tar xzf -)
}

# install_rpm RPM DIRECTORY: with --nodeps, because the root is empty.
install_rpm() {
	local command=(rpm --root "$2" --nodeps --install "$1")
	[ "$(id -u)" -eq 0 ] || command=(unshare -r "${command[@]}")
	mkdir "$2"
	bounded 60 "${command[@]}"
}

# rpm_again DIRECTORY DIRECTORY: the source package has the name of the directory
# in which it was built, and that of the tarball, so these are the same.
rpm_again() {
	local package
	elsewhere rpmbuild -ta --nodeps --nocheck "$tarball" || return
	while read -r package; do
		cmp "$1/$package" "$2/$package" || return
	done < <(cd "$1" && find . -name '*.rpm')
}
