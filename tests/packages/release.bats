#!/usr/bin/env bats
#
# scripts/release: what it refuses, and what it makes and says. It runs in a clone
# whose scripts/test only notes that it was called.

bats_require_minimum_version 1.5.0

setup() {
    tree=$(realpath "$BATS_TEST_DIRNAME/../..")
    version=$(sed -n 's/^AC_INIT(\[sscep\], \[\(.*\)\])$/\1/p' \
        "$tree/configure.ac")
    export HOME=$BATS_TEST_TMPDIR
    export TESTED=$BATS_TEST_TMPDIR/tested
    git config --global user.name tests
    git config --global user.email tests@example.org
    git config --global init.defaultBranch main
    git init -q --bare "$BATS_TEST_TMPDIR/origin"
    mkdir "$BATS_TEST_TMPDIR/clone"
    cd "$BATS_TEST_TMPDIR/clone" || return
    (cd "$tree" && tar cf - --exclude='./build*' --exclude=./.git \
        --exclude=./quickstart --exclude='*.o' .) | tar xf -
    printf '#!/bin/sh\necho "tested ($*)" >>"$TESTED"\n' >scripts/test
    # As if it were of today.
    sed -i "0,/^[0-9]/s/^[0-9].*/$version ($(date -u +%F))/" NEWS
    sed -i "0,/^ -- /s/>  .*/>  $(LC_ALL=C date -Ru)/" debian/changelog
    git init -q
    git remote add origin ../origin
    commit
}

commit() {
    git add -A
    git commit -qm "a commit"
}

# refuses TEXT [VERSION]: ends with this message, and no test has run.
refuses() {
    run scripts/release "${2:-$version}"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"release: $1"* ]]
    [ ! -e "$TESTED" ]
}

@test "a release is tested, made and summed, but not tagged and not pushed" {
    run scripts/release "$version"
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(cat "$TESTED")" = "tested ()
tested (packages rpm advantech)" ]
    [[ "$output" == *"$(sha256sum "sscep-$version.tar.gz")"* ]]
    [[ "$output" == *"git tag -s -m 'sscep $version' v$version"* ]]
    [[ "$output" == *"gpg --armor --detach-sign sscep-$version.tar.gz"* ]]
    tar tzf "sscep-$version.tar.gz" | grep -qx "sscep-$version/configure"
    [ -z "$(git tag)" ]
    [ -z "$(git ls-remote origin)" ]
    [ -z "$(git status --porcelain)" ]
}

@test "a release whose tests fail is not made" {
    printf '#!/bin/sh\nexit 1\n' >scripts/test
    commit
    refuses "tests have failed"
    [ ! -e "sscep-$version.tar.gz" ]
}

@test "a release of another version than that of the sources is refused" {
    refuses "the version in configure.ac is $version, not 9.9.9" 9.9.9
}

@test "a release of what is not committed is refused" {
    echo >>README.md
    refuses "not committed, or not ignored:
 M README.md"
    git checkout -q README.md
    : >new-file
    refuses "not committed, or not ignored:
?? new-file"
}

@test "a release that NEWS has no date of, or one in the future, is refused" {
    sed -i "0,/^[0-9]/s/^[0-9].*/$version/" NEWS
    commit
    refuses "NEWS begins with '$version', not with '$version (DAY)'"
    sed -i "0,/^[0-9]/s/^[0-9].*/$version (9999-01-01)/" NEWS
    commit
    refuses "NEWS: 9999-01-01 is in the future"
}

@test "a release that debian/changelog has another date of is refused" {
    sed -i '0,/^ -- /s/>  .*/>  Sat, 01 Feb 2020 00:00:00 +0000/' \
        debian/changelog
    commit
    refuses "debian/changelog is of 'Sat, 01 Feb 2020 00:00:00 +0000'"
}

@test "a release that a package has another version of is refused" {
    sed -i '1s/([^-]*/(9.9.9/' debian/changelog
    commit
    refuses "tests/check-rules: see above"
    [[ "$output" == *"debian/changelog:1: the version is '9.9.9'"* ]]
}

@test "a release that was tagged is not made again" {
    git tag "v$version"
    refuses "there is a tag v$version already"
}

@test "release: misuse and help" {
    run scripts/release --help
    [ "$status" -eq 0 ]
    [[ "$output" == *"usage: scripts/release VERSION"* ]]
    run scripts/release
    [ "$status" -eq 1 ]
    [[ "$output" == *"usage: scripts/release VERSION"* ]]
}
