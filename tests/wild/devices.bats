#!/usr/bin/env bats
#
# Programs that call sscep, and the manuals of devices that have it built in.

load helper

# new_conf [LINE ...]: sections and equal signs, as CertNanny writes them.
new_conf() {
    cat >sscep.conf <<END
[sscep]
URL = $URL
CACertFile = "state/cacert"
PrivateKeyFile = local.key

[sscep_getca]
FingerPrint = sha1

[sscep_enroll]
CertReqFile = local.csr
LocalCertFile = state/local.crt
PollInterval = 1
MaxPollCount = 1
$(printf '%s\n' "$@")

[sscep_getcrl]
LocalCertFile = state/local.crt
GetCrlFile = state/ca.crl
END
    mkdir state
}

# From: CertNanny: getca with a file in the new syntax; it looks for FILE-0 on.
@test "CertNanny: getca -f, and perl collects the certificates" {
    need_perl
    start_ca --profile ra-chain
    new_conf
    user <<'END'
sscep getca -f sscep.conf
perl -e 'my $i = 0; $i++ while -r "state/cacert-$i"; print "$i certificates\n"'
END
    ends 0
    makes state/cacert-0 state/cacert-1 state/cacert-2 state/cacert-3
    prints "sscep: certificate written as state/cacert-0" \
        "sscep: certificate written as state/cacert-3" "4 certificates"
    silent
}

# From: CertNanny: the whole way with one file, options on the command line first.
@test "CertNanny: getca, enroll, getcrl -f, new syntax" {
    take local.key local.csr
    start_ca --profile ra-pair
    new_conf
    user <<'END'
sscep getca -f sscep.conf
sscep enroll -f sscep.conf
sscep getcrl -f sscep.conf
END
    ends 0
    makes state/cacert-0 state/cacert-1 state/local.crt state/ca.crl
    prints "sscep: certificate written as state/cacert-1" \
        "sscep: certificate written as state/local.crt" \
        "sscep: CRL written as state/ca.crl"
    silent
}

# From: old CertNanny and the second manual: pairs of words without sections.
@test "CertNanny: getca, enroll, getcrl -f, old syntax" {
    take local.key local.csr
    start_ca
    cat >sscep.conf <<END
# sscep.conf
URL             $URL
"CACertFile"    "./ca.crt"
FingerPrint     md5
PrivateKeyFile  ./local.key
CertReqFile     "./local.csr"
LocalCertFile   ./local.crt
GetCrlFile      ./ca.crl
Verbose         no
END
    user <<'END'
sscep getca -f sscep.conf
sscep enroll -f sscep.conf
sscep getcrl -f sscep.conf
END
    ends 0
    makes ca.crt local.crt ca.crl
    prints "sscep: CA certificate written as ./ca.crt" \
        "sscep: certificate written as ./local.crt" \
        "sscep: CRL written as ./ca.crl"
    silent
}

# From: CertNanny: still pending is status 3, and the next run resumes.
@test "CertNanny: pending over several runs" {
    take local.key local.csr
    start_ca --pending 3
    new_conf
    user <<'END'
sscep getca -f sscep.conf
sscep enroll -f sscep.conf 2>err || echo "status $?"
sscep enroll -R -f sscep.conf 2>>err || echo "status $?"
sscep enroll -R -f sscep.conf
END
    ends 0
    makes err state/cacert state/local.crt
    prints "status 3" "sscep: pkistatus: SUCCESS"
    silent
}

# From: CertNanny: renewal with SignKeyFile and SignCertFile in the file.
@test "CertNanny: renewal, keys in the file" {
    take local.key local.csr new.key new.csr
    start_ca
    new_conf "SignKeyFile = old.key" "SignCertFile = old.crt"
    user <<'END'
sscep getca -f sscep.conf
sscep enroll -u "$URL" -c state/cacert -k local.key -r local.csr -l old.crt
mv local.key old.key
mv new.key local.key
mv new.csr local.csr
sscep enroll -f sscep.conf
END
    ends 0
    prints "sscep: certificate written as old.crt" \
        "sscep: certificate written as state/local.crt"
    silent
    expect_equal "what was sent" "19 17" "$(messages messageType | paste -sd ' ')"
}

# From: PacketFence: perl calls the program and reads a temporary directory.
@test "PacketFence: called by perl, with the files of NDES" {
    need_perl
    take local.key local.csr
    start_ca --profile ra
    user <<'END'
cat >enroll.pl <<'PERL'
use strict;
my $dir = 'tmp';
mkdir $dir or die;
my @ca = ('sscep', 'getca', '-u', $ENV{URL}, '-c', "$dir/ca");
system("@ca >/dev/null") == 0 or die "getca: $?";
my @output = `sscep enroll -u $ENV{URL} -c $dir/ca-0 -e $dir/ca-1 \\
    -k local.key -r local.csr -S sha1 -l $dir/cert 2>&1`;
die "enroll: ", $? >> 8 if $? != 0;
print grep { /pkistatus/ } @output;
PERL
perl enroll.pl
END
    ends 0
    makes enroll.pl tmp/ca-0 tmp/ca-1 tmp/ca-2 tmp/cert
    expect_stdout <<'END'
sscep: pkistatus: SUCCESS
END
    silent
}

# From: Advantech's note: the program in /opt, all settings in one file.
@test "Advantech: the path of the program, and an old file" {
    take local.key local.csr
    start_ca
    mkdir -p opt/scepClient/bin
    ln -s "$SSCEP" opt/scepClient/bin/sscep
    cat >sscep.conf <<END
URL $URL
CACertFile ./ca.crt
PrivateKeyFile ./local.key
CertReqFile ./local.csr
LocalCertFile ./local.crt
FingerPrint md5
EncAlgorithm 3des
SigAlgorithm sha1
PollInterval 60
MaxPollTime 28800
MaxPollCount 50
END
    user <<'END'
opt/scepClient/bin/sscep getca -f sscep.conf
opt/scepClient/bin/sscep enroll -f sscep.conf
END
    ends 0
    makes ca.crt local.crt
    prints "opt/scepClient/bin/sscep: CA certificate written as ./ca.crt" \
        "opt/scepClient/bin/sscep: pkistatus: SUCCESS" \
        "opt/scepClient/bin/sscep: certificate written as ./local.crt"
    silent
}

# From: vendors' manuals and old how-tos: operations as they remember them.
@test "manuals: getcacert, getcap, enrollment, enrol" {
    take local.key local.csr
    start_ca
    user <<'END'
sscep getcacert -u "$URL" -c one.crt
sscep getcap -u "$URL" -c two.crt
sscep enrollment -u "$URL" -c one.crt -k local.key -r local.csr -l local.crt
sscep enrol -u "$URL" -c one.crt -k local.key -r local.csr -l again.crt
END
    ends 0
    makes one.crt two.crt local.crt again.crt
    prints "sscep: CA certificate written as one.crt" \
        "sscep: CA certificate written as two.crt" \
        "sscep: certificate written as local.crt" \
        "sscep: certificate written as again.crt"
    silent
}

# From: scripts that save letters: the first four of an operation are enough.
@test "manuals: an abbreviated operation is done, and warned of" {
    start_enrolment
    user <<'END'
sscep enro -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt
END
    ends 0
    makes local.crt
    prints "sscep: pkistatus: SUCCESS"
    warns abbreviated-operation
}

# From: the form of a device's web page: the proxy's name only, so port 80.
@test "manuals: -p with a host only means its port 80" {
    user <<'END'
sscep getca -u http://ca.example.org/scep -c ca.crt -p 127.13.0.4
END
    ends 95
    makes ""
    only_error "cannot connect to proxy 127.13.0.4:80: "
}

# From: a device's firmware, where -H of the old versions is still passed.
@test "manuals: -H is taken and ignored" {
    start_ca
    user <<'END'
sscep getca -u "$URL" -c ca.crt -H
END
    ends 0
    makes ca.crt
    prints "sscep: CA certificate written as ca.crt"
}

# From: sscep's README, SelfSignedFile: the certificate of a pending request is kept.
@test "manuals: -L keeps the self-signed certificate" {
    start_enrolment --pending 1
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
    -L selfsigned.crt -t 0
openssl verify -CAfile selfsigned.crt -no_check_time selfsigned.crt >verified 2>&1 ||
    true
openssl x509 -in selfsigned.crt -noout -pubkey >one
openssl pkey -in local.key -pubout >two
cmp one two
END
    ends 0
    makes local.crt selfsigned.crt one two verified
    prints "sscep: pkistatus: SUCCESS" "sscep: certificate written as local.crt"
    silent
}
