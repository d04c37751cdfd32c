# packages.sh: packages for Debian, and recipes for other systems.
# shellcheck shell=bash

packages_packages() {
	packages_testca
	echo bats git build-essential debhelper lintian libcmocka-dev shellcheck
	systemd_dev
}

systemd_dev() {
	case $(release) in
	debian-12 | ubuntu-22.*) echo systemd ;;
	*) echo systemd-dev ;;
	esac
}

# Debian packages out of the tarball, built without "make check", which the
# stage dist runs on the same files.
stage_packages() {
	local dir=$out/packages deb changes
	# shellcheck disable=SC2046
	needs $(packages packages) && tarball || return 0
	debian=${version/-/\~}
	rm -rf "$dir"
	check "packages for Debian" build_deb "$dir/first" || return
	deb=$(echo "$dir/first/sscep_$debian"-*.deb)
	check "the same packages again" debs_again "$dir/first" \
		"$dir/second"
	for changes in "$dir"/first/*.changes; do
		check "lintian: ${changes##*/}" lint_deb "$changes"
	done
	check "package unpacked" dpkg-deb -x "$deb" "$dir/root" || return
	check "files of the package" has_files_of_debian "$dir/root"
	check "version of the package" says_version "$dir/root/usr/bin/sscep"
	check "hardening of the package" \
		tests/check-hardening "$dir/root/usr/bin/sscep"
	check "debian/tests/enrol" env PATH="$dir/root/usr/bin:$PATH" \
		"$dir/first/source/debian/tests/enrol"
	check "installed and purged" installed_and_purged "$deb" "$dir/system"
	watched_bats recipes "${plain[@]}" bats tests/packages
}

# build_deb DIRECTORY: builds the binary packages and the source package there.
build_deb() {
	mkdir -p "$1/source"
	cp "$tarball" "$1/sscep_$debian.orig.tar.gz"
	tar xzpf "$tarball" --strip-components=1 -C "$1/source" || return
	(cd "$1/source" && DEB_BUILD_OPTIONS="nocheck parallel=$jobs" \
		bounded 600 dpkg-buildpackage -us -uc)
}

# debs_again DIRECTORY DIRECTORY: builds them in the second one as well, and
# compares all that is installed or unpacked.
debs_again() {
	local package
	(umask 077 && LC_ALL=C TZ=Pacific/Kiritimati build_deb "$2") || return
	while read -r package; do
		cmp "$1/$package" "$2/$package" || return
	done < <(cd "$1" && find . -maxdepth 1 -name '*.deb' -o \
		-maxdepth 1 -name '*.tar.*' -o -maxdepth 1 -name '*.dsc')
}

lint_deb() {
	bounded 300 lintian --allow-root --profile debian \
		--fail-on error,warning "$1"
}

# has_files_of_debian DIRECTORY: what make install installs is there, in the
# places that Debian has for it.
has_files_of_debian() {
	diff <(echo "$installed" | sed \
		-e 's,^libexec/sscep/,share/doc/sscep/examples/,' \
		-e 's,/sscep/sscep.conf$,/sscep/examples/sscep.conf,' \
		-e 's,/COPYRIGHT$,/copyright,' \
		-e 's,/NEWS$,/changelog,' | LC_ALL=C sort) \
		<(cd "$1" && find . ! -type d | sed -e 's,^\./,,' -e 's,^usr/,,' \
			-e 's/\.gz$//' -e '/changelog.Debian$/d' \
			-e '/lintian/d' | LC_ALL=C sort)
}

# installed_and_purged DEB DIRECTORY: with the scripts of the package, in a root
# that has nothing else, so by force.
installed_and_purged() {
	local force=not-root,depends,script-chrootless,security-mac
	local dpkg=(dpkg "--root=$2" --log=/dev/null "--force-$force")
	local wants=$2/etc/systemd/system/timers.target.wants
	mkdir -p "$2"/var/lib/dpkg/{info,updates} "$wants" \
		"$2/var/lib/systemd/timers"
	: >"$2/var/lib/dpkg/status"
	files_of "$2" >"$out/before"
	"${dpkg[@]}" --install "$1" && says_version "$2/usr/bin/sscep" &&
		[ -d "$2/etc/sscep" ] || return
	# As enabling a timer and running it do.
	ln -s /nowhere "$wants/sscep-renew@router.timer"
	: >"$2/var/lib/systemd/timers/stamp-sscep-renew@router.timer"
	"${dpkg[@]}" --purge sscep && diff "$out/before" <(files_of "$2")
}

# files_of DIRECTORY: all but the database of dpkg.
files_of() {
	(cd "$1" && find . ! -path './var/lib/dpkg/*' | sort)
}
