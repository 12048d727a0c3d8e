# SPDX-License-Identifier: Apache-2.0
# Measures how long a runtime waits for Multus that calls our chain; scripts/bench --multus makes rows of it.
# lab: kernels=none
# lab: timeout=900
# lab: image=clients
. /lab/lib.sh
. /lab/clients.sh
. /lab/multus.sh
need_multus
BENCH_ROUNDS=10 # set by scripts/bench
[ ! -e /lab/bench.conf ] || . /lab/bench.conf

# waited VERB: for Multus alone, started as a runtime starts it; hundredths of a second are fine enough
waited() {
	waited_since=$(now)
	plugin_call multus "$1" bench /run/netns/bench eth0 <"$LAB_TMP/conf" >"$LAB_TMP/answer" ||
		fail "multus $1: $(cat "$LAB_TMP/answer")"
	printf 'time\tours\t8\t1\t%s\tmultus\t%s0000\t0\t0\n' "$1" "$(($(now) - waited_since))" |
		tee -a /host/bench-multus.tsv
}

simnic_start 8
pod bench
use_multus "$(network 0 | jq -c '{ delegates: [ del(.plugins[0].ipam) ] }')"
plugin_conf 0 "$NETCONFPATH/multus.conflist" >"$LAB_TMP/conf"
i=0
while [ "$i" -lt "$BENCH_ROUNDS" ]; do
	waited ADD
	waited DEL
	i=$((i + 1))
done
pod_del bench
