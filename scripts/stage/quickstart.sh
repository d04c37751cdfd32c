# quickstart.sh: scripts/quickstart.
# shellcheck shell=bash

packages_quickstart() {
	packages_testca
}

stage_quickstart() {
	local dir=$out/quickstart
	needs openssl python3-cryptography python3-asn1crypto || return 0
	tarball || return
	rm -rf "$dir"
	mkdir "$dir"
	tar xzf "$tarball" --strip-components=1 -C "$dir" || return
	# It is of no importance here how fast the program is.
	check "first run" env CFLAGS=-O0 "$dir/scripts/quickstart" || return
	check "second run" "$dir/scripts/quickstart" || return
	cp "$out/quickstart.out" "$out/quickstart.said"
	check "repeated by hand" by_hand || return
	check "certificate" openssl verify -CAfile "$dir/quickstart/ca.crt" \
		"$dir/quickstart/local.crt"
	check "CA has ended" ca_ended
}

# The commands that quickstart has shown can be typed again, as it says at its
# end.
by_hand() {
	local pid status part tries
	awk -v file="$out/by-hand." '
	/^== Getting a certificate$/ { part = "enrol" }
	/^== That is all$/ { part = "" }
	/^The CA has ended/ { part = "ca" }
	/^Then, in this one:$/ { part = "path" }
	/^The same five steps/ { part = "" }
	part != "" && (more || sub(/^\$ /, "")) {
		print > (file part)
		more = /\\$/
	}
	' "$out/quickstart.said"
	for part in ca path enrol; do
		echo "--- $part"
		cat "$out/by-hand.$part"
	done
	sed -i '$s/^/exec /' "$out/by-hand.ca"
	bash -e "$out/by-hand.ca" &
	pid=$!
	for ((tries = 0; tries < 300 * slowness; tries++)); do
		! ca_answers || break
		sleep 0.1
	done
	rm "$dir/quickstart/local.crt"
	cat "$out/by-hand.path" "$out/by-hand.enrol" >"$out/by-hand"
	bounded 60 bash -e "$out/by-hand"
	status=$?
	kill "$pid"
	wait "$pid"
	return "$status"
}

ca_ended() {
	! ca_answers
}

ca_answers() {
	(exec 3<>"/dev/tcp/127.0.0.1/$(cat "$dir/quickstart/ca/port")") \
		2>/dev/null
}
