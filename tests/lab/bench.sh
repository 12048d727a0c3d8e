# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# For scenarios that count what an attachment takes. They define `counted PLUGIN VERB`: it runs the plugin with
# bench_call, which prints the answer, and keeps the counts.

# bench_conf VF TYPE [PREV_RESULT]
bench_conf() {
	jq -nc --arg bdf "$(vf_bdf "$1")" --argjson prev "${3:-null}" --arg type "$2" '
		{ cniVersion: "1.0.0", name: "lab", type: $type, deviceID: $bdf }
		+ if $prev then { prevResult: $prev } else {} end' >"$LAB_TMP/conf.$2"
}

# bench_call PLUGIN VERB WRAPPER...: by this program; what it and the plugin said is in $LAB_TMP/stderr
bench_call() {
	bench_plugin=$1 bench_verb=$2
	shift 2
	env -i PATH="$PATH" CNI_PATH="$CNI_PATH" CNI_COMMAND="$bench_verb" CNI_CONTAINERID=c1 \
		CNI_NETNS=/run/netns/p1 CNI_IFNAME=net1 "$@" "$CNI_PATH/$bench_plugin" \
		<"$LAB_TMP/conf.$bench_plugin" 2>"$LAB_TMP/stderr" ||
		fail "$bench_plugin $bench_verb: $(cat "$LAB_TMP/stderr")"
}

# bench_round VF: an attachment of pod p1, each verb counted
bench_round() {
	bench_conf "$1" sriov
	counted sriov ADD >"$LAB_TMP/result"
	bench_conf "$1" rdma "$(cat "$LAB_TMP/result")"
	counted rdma ADD >"$LAB_TMP/result"
	counted rdma DEL
	counted sriov DEL
}

# check_flat KEY...: with many VFs at most 1.10 times what it is with few: $LAB_TMP/few and $LAB_TMP/many
# have a file PLUGIN.VERB of lines KEY=NUMBER
check_flat() {
	for file in "$LAB_TMP"/many/*; do
		for key; do
			few=$(sed -n "s/^$key=//p" "$LAB_TMP/few/${file##*/}")
			many=$(sed -n "s/^$key=//p" "$file")
			note "${file##*/}: $key $few with 8 VFs, $many with 128"
			[ $((many * 100)) -le $((few * 110)) ] || echo "${file##*/}: $key is $few with 8 VFs, $many with 128"
		done
	done >"$LAB_TMP/flat"
	cat "$LAB_TMP/flat"
	! grep -v '^ ' "$LAB_TMP/flat" >"$LAB_TMP/exceeded" || fail "$(cat "$LAB_TMP/exceeded")"
}
