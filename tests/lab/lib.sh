# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# Helpers for scenarios, in the guest. A scenario begins with `. /lab/lib.sh`; from then on the
# first failing command ends it as failed. Functions that print what a test compares print
# nothing else; what a person should read goes through say, note and fail.
#
# The machine: one PF (0000:80:00.0, ens128f0, rocep128f0) whose VF n is 0000:81:xx.x, ens128f0vN,
# rocep128f0vN. A "pod" is a namespace of `ip netns`. The chain's network is called lab.

set -eu

LAB_TMP=/tmp/lab
LAB_PF=ens128f0
LAB_PF_BDF=0000:80:00.0
LAB_PF_DIR=/sys/bus/pci/devices/$LAB_PF_BDF
SIMNIC=/sys/kernel/debug/simnic
PLUGINS_LOG=$LAB_TMP/plugins.log
NETCONFPATH=/etc/cni/net.d
CNI_PATH=/opt/cni/bin
export NETCONFPATH CNI_PATH
read -r LAB_ARGS </lab/args

# ---- telling ----

# A command that fails ends the scenario; this says so where nothing else did.
failed=no # or said already why it ended
on_exit() {
	[ "$1" = 0 ] || [ "$failed" = yes ] || echo "FAIL: a command ended with status $1" >&2
}
trap 'on_exit $?' EXIT

say() {
	echo "== $*"
}

note() {
	echo "   $*"
}

fail() {
	failed=yes
	echo "FAIL: $*" >&2
	exit 1
}

# skip WHY: this guest cannot run the scenario
skip() {
	failed=yes
	echo "$*" >/tmp/skip
	echo "SKIP: $*"
	exit 77
}

# equal WHAT GOT WANTED
equal() {
	[ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"
}

# contains WHAT TEXT PART...: each PART is somewhere in TEXT
contains() {
	what=$1 text=$2
	shift 2
	for part; do
		case $text in
		*"$part"*) ;;
		*) fail "$what lacks '$part': $text" ;;
		esac
	done
}

# refused COMMAND...: it must fail; what it said is then in $LAB_TMP/refused
refused() {
	if "$@" >"$LAB_TMP/refused" 2>&1; then
		cat "$LAB_TMP/refused"
		fail "should have been refused: $*"
	fi
}

# Seconds since boot in hundredths, without starting a process.
now() {
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}"
}

# timed WHAT COMMAND...: runs it and notes how long it took
timed() {
	timed_what=$1
	shift
	timed_start=$(now)
	"$@"
	timed_took=$(($(now) - timed_start))
	note "$timed_what: $((timed_took * 10)) ms" >&2
}

# until_true SECONDS COMMAND...: for what the kernel does later (ending a namespace)
until_true() {
	until_end=$(($(now) + $1 * 100))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now)" -lt "$until_end" ] || fail "not within the time given: $*"
		sleep 0.05
	done
}

# ---- the NIC ----

vf_bdf() {
	printf '0000:81:%02x.%x\n' "$(($1 / 8))" "$(($1 % 8))"
}

vf_netdev() {
	echo "${LAB_PF}v$1"
}

vf_rdma() {
	echo "rocep128f0v$1"
}

vf_dir() {
	echo "/sys/bus/pci/devices/$(vf_bdf "$1")"
}

# The number of the VF's uverbs device, wherever the device is: this directory is not namespaced.
vf_uverbs() {
	for entry in "$(vf_dir "$1")"/infiniband_verbs/uverbs*; do
		[ -e "$entry" ] || fail "VF $1 has no uverbs device"
		echo "${entry##*/uverbs}"
	done
}

# The PF's line about a VF
vf_line() {
	ip link show "$LAB_PF" | sed -n "s/^ *vf $1 */vf $1 /p"
}

# Carrier, and what comes with it, the kernel tells of a little after "up": a snapshot taken in between
# would differ from any later one.
is_up() {
	grep -q '^up$' "/sys/class/net/$1/operstate"
}

has_settled() {
	is_up "$1" && ip -6 route show table all dev "$1" >"$LAB_TMP/settled" &&
		grep -q '^local fe80:' "$LAB_TMP/settled" && grep -q '^multicast ff00:' "$LAB_TMP/settled"
}

# pf_up PF: up and settled; its address is what it will be from the start. InfiniBand has none of that kind.
pf_up() {
	echo 0 >"/proc/sys/net/ipv6/conf/$1/accept_dad"
	ip link set "$1" up
	if grep -q '^1$' "/sys/class/net/$1/type"; then
		until_true 10 has_settled "$1"
	else
		until_true 10 is_up "$1"
	fi
}

# simnic_start [VFS [PARAMETER=VALUE...]]; RDMA_MODE=shared for the other mode
simnic_start() {
	vfs=${1:-4}
	[ $# = 0 ] || shift
	# As a parameter, because `rdma system set netns` is EBUSY as soon as any namespace exists.
	# Short queues for management datagrams, which nobody sends here: the default takes 512
	# buffers for each device at each move.
	case ${RDMA_MODE:-exclusive} in
	shared) mode=1 ;;
	*) mode=0 ;;
	esac
	modprobe ib_core netns_mode=$mode recv_queue_size=64 send_queue_size=64
	modprobe ib_uverbs
	modprobe ib_umad
	insmod /lab/simnic.ko "$@"
	echo "$vfs" >"$LAB_PF_DIR/sriov_numvfs"
	pf_up "$LAB_PF"
}

simnic_stop() {
	rmmod simnic
	rmmod ib_umad ib_uverbs ib_core
}

# vf_bind VF DRIVER: "vfio-pci" needs simnic_start ... vfio_stub=1; "simnicvf" is its own driver
vf_bind() {
	bdf=$(vf_bdf "$1")
	echo "$bdf" >"$(vf_dir "$1")/driver/unbind"
	echo "$2" >"$(vf_dir "$1")/driver_override"
	echo "$bdf" >"/sys/bus/pci/drivers/$2/bind"
	echo >"$(vf_dir "$1")/driver_override"
}

# fault OP ERRNO [COUNT [SKIP [DELAY_MS [AFTER]]]]; see simnic/README.md
fault() {
	echo "$*" >"$SIMNIC/fault"
}

fault_clear() {
	echo clear >"$SIMNIC/fault"
}

# Is a fault of this operation still waiting for its call?
fault_waits() {
	! grep -q "^$1 .* count=0 " "$SIMNIC/fault"
}

simnic_log() {
	cut -d' ' -f2- "$SIMNIC/log"
}

simnic_log_clear() {
	echo >"$SIMNIC/log"
}

# Has the driver done with the latest MAC that the PF set? With mac_mode 1
mac_has_settled() {
	simnic_log | awk '/^vf_mac / { waits = 1 } /^vf_mac_settled / { waits = 0 } END { exit waits }'
}

# ---- pods ----

pod() {
	ip netns add "$1"
	ip -n "$1" link set lo up
}

# As when a container dies: what is inside comes back to the host by itself, a little later.
pod_del() {
	ip netns del "$1"
}

in_pod() {
	in_pod_name=$1
	shift
	ip netns exec "$in_pod_name" "$@"
}

# ---- the host's state, to compare ----

# snapshot FILE: links, VFs, addresses, routes, RDMA devices and their nodes, sysctls that attaching
# may touch, drivers, files of CNI, mounts, namespaces; sorted lines. snapshot/host.c says what is left out.
snapshot() {
	/lab/snapshot >"$1"
}

# same BEFORE AFTER [WHEN]: two snapshots must not differ
same() {
	diff -u "$1" "$2" || fail "the host's state is not as before${3:+ $3}"
}

# same_now BEFORE [WHEN]: the host is now as it was then
same_now() {
	snapshot "$LAB_TMP/now"
	same "$1" "$LAB_TMP/now" "${2:-}"
}

is_as() {
	snapshot "$LAB_TMP/now"
	cmp -s "$1" "$LAB_TMP/now"
}

# until_same BEFORE [WHEN]: the same, for what the kernel itself does a little later (carrier, addresses):
# never right after a plugin, which must have awaited it
until_same() {
	until_end=$(($(now) + 500))
	until is_as "$1" || [ "$(now)" -ge "$until_end" ]; do
		sleep 0.05
	done
	same "$1" "$LAB_TMP/now" "${2:-}"
}

# ---- CNI ----

need_plugins() {
	for plugin in sriov rdma; do
		[ -x "$CNI_PATH/$plugin" ] ||
			fail "no plugin $plugin in the guest; remedy: build it (build/release/cni/$plugin/$plugin) first"
	done
}

# Debian's delegates refuse spec 1.1.0; current ones do not.
cni_version() {
	case $(echo '{"cniVersion":"1.0.0"}' | CNI_COMMAND=VERSION "$CNI_PATH/host-local") in
	*'"1.1.0"'*) echo 1.1.0 ;;
	*) echo 1.0.0 ;;
	esac
}

# network VF [SRIOV_KEYS [NAME]]: a chain of sriov and rdma for this VF, with host-local.
# SRIOV_KEYS is a JSON object, merged into the sriov configuration. With LAB_IPV6=no there are
# IPv4 addresses only: checking an IPv6 address for duplicates takes the kernel a second or two.
network() {
	[ -n "${LAB_CNI_VERSION:-}" ] || LAB_CNI_VERSION=$(cni_version)
	case ${LAB_IPV6:-yes} in
	no) ranges='[ [ { "subnet": "10.56.0.0/16" } ] ]' ;;
	*) ranges='[ [ { "subnet": "10.56.0.0/16" } ], [ { "subnet": "fd56::/64" } ] ]' ;;
	esac
	keys=${2:-}
	jq -n --arg bdf "$(vf_bdf "$1")" --arg version "$LAB_CNI_VERSION" \
		--arg name "${3:-lab}" --argjson keys "${keys:-null}" --argjson ranges "$ranges" '{
		cniVersion: $version, name: $name, plugins: [
			{ type: "sriov", deviceID: $bdf, ipam: {
				type: "host-local", ranges: $ranges,
				routes: [ { dst: "10.57.0.0/16" } ] } } + ($keys // {}),
			{ type: "rdma", deviceID: $bdf } ] }'
}

# use_network VF [SRIOV_KEYS [NAME]]: the same, as the configuration of network NAME (lab)
use_network() {
	mkdir -p "$NETCONFPATH"
	network "$@" >"$NETCONFPATH/${3:-lab}.conflist"
}

# As cnitool makes it from the path of the namespace, so that a pod's container has one ID
# whichever way the plugins are called.
container_id() {
	echo "cnitool-$(printf %s "/run/netns/$1" | sha512sum | cut -c1-20)"
}

# plugin_call PLUGIN VERB CONTAINER NETNS_PATH IFNAME <CONFIG: one plugin, directly
plugin_call() {
	call_status=0
	call_stdout=$(env -i PATH="$PATH" CNI_PATH="$CNI_PATH" CNI_COMMAND="$2" CNI_CONTAINERID="$3" \
		CNI_NETNS="$4" CNI_IFNAME="$5" "$CNI_PATH/$1" 2>>"$PLUGINS_LOG") || call_status=$?
	echo "-- $1 $2 container=$3 netns=$4 ifname=$5: status $call_status
$call_stdout" >>"$PLUGINS_LOG"
	echo "$call_stdout"
	return "$call_status"
}

# go_rdma_add VF POD: what the Go plugin rdma leaves of container c1's net1: the move, and its file; no record of ours
go_rdma_add() {
	mkdir -p /var/lib/cni/rdma
	chmod 700 /var/lib/cni/rdma
	rdma dev set "$(vf_rdma "$1")" netns "$2"
	printf '{"version":"1.0","deviceID":"%s","sandboxRdmaDevName":"%s","containerRdmaDevName":"%s"}' \
		"$(vf_bdf "$1")" "$(vf_rdma "$1")" "$(vf_rdma "$1")" >/var/lib/cni/rdma/lab-c1-net1
}

# plugin_conf INDEX CONFLIST [PREV_RESULT]: what a runtime gives to the plugin at this place
plugin_conf() {
	jq -c --argjson i "$1" --argjson prev "${3:-null}" '
		.plugins[$i] + { name, cniVersion } + if $prev then { prevResult: $prev } else {} end' "$2"
}

# runtime add|del NETWORK POD NETNS_PATH IFNAME: what a container runtime does with a chain, for
# guests without cnitool and for what cnitool cannot do (an empty NETNS_PATH). The result of ADD
# is kept as runtimes keep it, so that DEL can hand it over.
runtime() {
	runtime_list=$NETCONFPATH/$2.conflist
	runtime_cache=$LAB_TMP/result-$2-$3-$5
	case $1 in
	add)
		runtime_result=
		for runtime_i in 0 1; do
			runtime_one "$runtime_i" ADD "$2" "$3" "$4" "$5" || {
				echo "$runtime_result"
				return 1
			}
		done
		echo "$runtime_result" | tee "$runtime_cache"
		;;
	del)
		runtime_result=$(cat "$runtime_cache" 2>/dev/null || true)
		for runtime_i in 1 0; do
			runtime_one_result=$(plugin_conf "$runtime_i" "$runtime_list" "$runtime_result" |
				plugin_call "$(runtime_type "$runtime_i")" DEL "$(container_id "$3")" "$4" "$5") || {
				echo "$runtime_one_result"
				return 1
			}
		done
		rm -f "$runtime_cache"
		;;
	esac
}

runtime_type() {
	jq -r --argjson i "$1" '.plugins[$i].type' "$runtime_list"
}

# runtime_one INDEX ADD NETWORK POD NETNS_PATH IFNAME
runtime_one() {
	runtime_result=$(plugin_conf "$1" "$runtime_list" "$runtime_result" |
		plugin_call "$(runtime_type "$1")" "$2" "$(container_id "$4")" "$5" "$6")
}

have_cnitool() {
	[ -x "$CNI_PATH/cnitool" ]
}

# cnitool prints its usage after an error: the log gets all, stderr the line with the error.
# LAB_WORKER tells parallel callers apart.
cnitool_call() {
	cnitool_stderr=$LAB_TMP/stderr.${LAB_WORKER:-0}
	cnitool_status=0
	CNI_IFNAME=$4 "$CNI_PATH/cnitool" "$1" "$2" "/run/netns/$3" 2>"$cnitool_stderr" ||
		cnitool_status=$?
	{
		echo "-- cnitool $1 $2 $3 $4: status $cnitool_status"
		cat "$cnitool_stderr"
	} >>"$PLUGINS_LOG"
	[ "$cnitool_status" = 0 ] || sed -n '/^Error: /{p;q}' "$cnitool_stderr" >&2
	return "$cnitool_status"
}

# cni_call VERB NETWORK POD [IFNAME]
cni_call() {
	if have_cnitool; then
		cnitool_call "$@"
	elif ! cni_stdout=$(runtime "$1" "$2" "$3" "/run/netns/$3" "$4"); then
		echo "$cni_stdout" >&2
		return 1
	else
		echo "$cni_stdout"
	fi
}

# cni_add NETWORK POD [IFNAME]: prints the result, errors on stderr
cni_add() {
	cni_call add "$1" "$2" "${3:-net1}"
}

# cni_del NETWORK POD [IFNAME]
cni_del() {
	cni_call del "$1" "$2" "${3:-net1}"
}

# ---- RDMA as a pod sees it ----

# pod_verbs POD OPTIONS...: the workload, with a sysfs of the pod's own; see verbs.c
pod_verbs() {
	pod_verbs_name=$1
	shift
	in_pod "$pod_verbs_name" /lab/verbs "$@"
}
