# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# For scenarios about sriov alone: one plugin, called as a runtime calls it. Its configuration and
# result are kept per pod and interface, so that DEL and CHECK get what a runtime would give them.

SRIOV_TYPE='{ "cniVersion": "1.0.0", "name": "lab", "type": "sriov" }'

sriov_file() {
	echo "$LAB_TMP/$1-$2-$3"
}

# netns_of POD: a name of `ip netns`, or a path
netns_of() {
	case $1 in
	/*) echo "$1" ;;
	*) echo "/run/netns/$1" ;;
	esac
}

# The container's ID, which may not hold slashes
cid_of() {
	echo "$1" | tr -c 'a-zA-Z0-9\n' x
}

# sriov_call VERB POD IFNAME <CONFIG
sriov_call() {
	plugin_call sriov "$1" "$(cid_of "$2")" "$(netns_of "$2")" "$3"
}

# sriov_add POD VF|DEVICE_ID [KEYS [IFNAME]]: the result is in $LAB_TMP/result
sriov_add() {
	case $2 in
	*[.:]*) add_bdf=$2 ;;
	*) add_bdf=$(vf_bdf "$2") ;;
	esac
	add_keys=${3:-}
	add_if=${4:-net1}
	add_conf=$(sriov_file conf "$(cid_of "$1")" "$add_if")
	jq -nc --argjson type "$SRIOV_TYPE" --arg bdf "$add_bdf" --argjson keys "${add_keys:-null}" \
		'$type + { deviceID: $bdf } + ($keys // {})' >"$add_conf"
	sriov_call ADD "$1" "$add_if" <"$add_conf" >"$LAB_TMP/result" || {
		cat "$LAB_TMP/result" >&2
		return 1
	}
	cp "$LAB_TMP/result" "$(sriov_file result "$(cid_of "$1")" "$add_if")"
}

# with_result POD IFNAME: the configuration, with prevResult if ADD gave one
with_result() {
	with_file=$(sriov_file result "$(cid_of "$1")" "$2")
	if [ -e "$with_file" ]; then
		jq -c --slurpfile prev "$with_file" '. + { prevResult: $prev[0] }' \
			"$(sriov_file conf "$(cid_of "$1")" "$2")"
	else
		cat "$(sriov_file conf "$(cid_of "$1")" "$2")"
	fi
}

# quiet COMMAND...: what it prints matters only if it fails
quiet() {
	quiet_out=$("$@") || {
		echo "$quiet_out"
		return 1
	}
}

with_result_call() {
	with_result "$2" "$3" | sriov_call "$@"
}

# sriov_check POD [IFNAME]
sriov_check() {
	quiet with_result_call CHECK "$1" "${2:-net1}"
}

# sriov_del POD [IFNAME]
sriov_del() {
	quiet with_result_call DEL "$1" "${2:-net1}"
}

# sriov_refused CODE WORD... -- ADD_ARGUMENTS...: ADD fails with this code and these words, and
# the sentence is shown
sriov_refused() {
	want_code=$1
	want_words=
	shift
	while [ "$1" != -- ]; do
		want_words="$want_words
$1"
		shift
	done
	shift
	if sriov_add "$@" 2>/dev/null; then
		cat "$LAB_TMP/result"
		fail "ADD should have been refused: $*"
	fi
	sentence=$(jq -r '[ .msg, .details // empty ] | join("; ")' "$LAB_TMP/result")
	note "$(jq -r .code "$LAB_TMP/result"): $sentence"
	equal "the error's code" "$(jq -r .code "$LAB_TMP/result")" "$want_code"
	echo "$want_words" | while IFS= read -r word; do
		case $sentence in
		*"$word"*) ;;
		*) exit 1 ;;
		esac
	done || fail "the error lacks one of:$want_words"
}

# pod_link POD [IFNAME]
pod_link() {
	in_pod "$1" ip -d link show "${2:-net1}"
}

# pf_start PF VFS: a further PF (npf=) with VFs
pf_start() {
	echo "$2" >"/sys/bus/pci/devices/0000:80:00.$1/sriov_numvfs"
	pf_up "ens128f$1"
}

# All interfaces of the host and what their PFs hold of them
links_before() {
	/lab/snapshot link >"$LAB_TMP/links"
}

links_same() {
	/lab/snapshot link >"$LAB_TMP/links-now"
	same "$LAB_TMP/links" "$LAB_TMP/links-now" "$*"
}
