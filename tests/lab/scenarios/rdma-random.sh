# SPDX-License-Identifier: Apache-2.0
# 200 random attachments and releases by 8 workers on 64 VFs: each pod has the number it was promised.
# lab: timeout=1200
. /lab/lib.sh
need_plugins

VFS=64
WORKERS=8
ROUNDS=25

fail_round() {
	echo "worker $LAB_WORKER: $*" >>"$LAB_TMP/errors"
}

# The pod sees its own device only, opens it, and finds its addresses there.
check_pod() {
	# shellcheck disable=SC2046 # two words
	set -- "$1" $(jq -r '.ips[].address | sub("/.*"; "")' "$LAB_TMP/result-$1")
	[ $# = 3 ] || fail_round "VF $1 has not two addresses: $*"
	pod_verbs "p$1" --only "$(vf_rdma "$1")" --gid "$2" --gid "$3" --denied-others \
		>"$LAB_TMP/verbs-$1" || fail_round "VF $1: $(grep FAIL "$LAB_TMP/verbs-$1")"
}

attach() {
	promised=$(vf_uverbs "$1")
	NETCONFPATH=$LAB_TMP/net/$1 cni_add lab "p$1" >"$LAB_TMP/result-$1" 2>>"$LAB_TMP/errors" ||
		fail_round "ADD of VF $1"
	[ "$(vf_uverbs "$1")" = "$promised" ] || fail_round "VF $1 has not uverbs$promised any more"
	check_pod "$1"
	echo "$promised" >"$LAB_TMP/attached/$1"
	echo add >>"$LAB_TMP/rounds"
}

detach() {
	[ "$(vf_uverbs "$1")" = "$(cat "$LAB_TMP/attached/$1")" ] || fail_round "VF $1's number changed"
	NETCONFPATH=$LAB_TMP/net/$1 cni_del lab "p$1" 2>>"$LAB_TMP/errors" || fail_round "DEL of VF $1"
	rm "$LAB_TMP/attached/$1"
	echo del >>"$LAB_TMP/rounds"
}

# A sequence that looks random and is the same each time: a failure can be played again.
worker() {
	LAB_WORKER=$1
	seed=$(($1 * 7919 + 12345))
	round=0
	while [ "$round" -lt "$ROUNDS" ]; do
		seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
		n=$((LAB_WORKER + WORKERS * (seed / 65536 % (VFS / WORKERS))))
		if [ -e "$LAB_TMP/attached/$n" ]; then
			detach "$n"
		else
			attach "$n"
		fi
		round=$((round + 1))
	done
}

simnic_start "$VFS"
network 0 >"$LAB_TMP/template"
n=0
while [ "$n" -lt "$VFS" ]; do
	pod "p$n"
	mkdir -p "$LAB_TMP/net/$n"
	sed "s/$(vf_bdf 0)/$(vf_bdf "$n")/" "$LAB_TMP/template" >"$LAB_TMP/net/$n/lab.conflist"
	n=$((n + 1))
done
mkdir -p "$LAB_TMP/attached"
snapshot "$LAB_TMP/before"

say "$WORKERS workers, $ROUNDS rounds each"
w=0
start=$(now)
while [ "$w" -lt "$WORKERS" ]; do
	worker "$w" &
	w=$((w + 1))
done
wait
[ ! -s "$LAB_TMP/errors" ] || fail "$(cat "$LAB_TMP/errors")"
note "$(grep -c add "$LAB_TMP/rounds") attached, $(grep -c del "$LAB_TMP/rounds") released in $(($(now) - start))0 ms"
equal "rounds" "$(wc -l <"$LAB_TMP/rounds")" "$((WORKERS * ROUNDS))"

say "the longest ADD, DEL, and wait for GIDs"
sed -n 's/.*msg="\(attached the RDMA device\|released the RDMA device\).* in \([0-9]*\) ms".*/\1 \2/p' \
	"$LAB_TMP"/stderr.* "$PLUGINS_LOG" | sort -u -k5n | tail -n 2
! grep -h "is not ready after" "$LAB_TMP"/stderr.* "$PLUGINS_LOG" || fail "a pod's GIDs came too late"

say "while nothing moves: from each pod, the devices of all others are denied"
for file in "$LAB_TMP"/attached/*; do
	pod_verbs "p${file##*/}" --only "$(vf_rdma "${file##*/}")" --denied-others >"$LAB_TMP/denied" ||
		fail "$(grep FAIL "$LAB_TMP/denied")"
	contains "the answer" "$(cat "$LAB_TMP/denied")" "$VFS others denied, 0 just being moved"
done
note "$(ls "$LAB_TMP/attached" | wc -l) pods, $VFS other devices each, the PF's among them"

say "release the rest"
for file in "$LAB_TMP"/attached/*; do
	LAB_WORKER=0
	detach "${file##*/}"
done
[ ! -s "$LAB_TMP/errors" ] || fail "$(cat "$LAB_TMP/errors")"
same_now "$LAB_TMP/before"
