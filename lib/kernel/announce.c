// SPDX-License-Identifier: Apache-2.0
#include "kernel/announce.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip6.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/announce_frame.h"

/* Announcement of RFC 5227: a request for our own address, so that nobody has to answer. */
static size_t arp_frame(const struct mac *mac, const struct ip *ip, uint8_t *ret)
{
	struct {
		struct ether_header eth;
		struct ether_arp arp;
	} __attribute__((packed)) f = {
		.eth.ether_type = htons(ETHERTYPE_ARP),
		.arp.ea_hdr = { .ar_hrd = htons(ARPHRD_ETHER),
				.ar_pro = htons(ETHERTYPE_IP),
				.ar_hln = ETH_ALEN,
				.ar_pln = 4,
				.ar_op = htons(ARPOP_REQUEST) },
	};

	memset(f.eth.ether_dhost, 0xff, ETH_ALEN);
	memcpy(f.eth.ether_shost, mac->b, ETH_ALEN);
	memcpy(f.arp.arp_sha, mac->b, ETH_ALEN);
	memcpy(f.arp.arp_spa, ip->b, 4);
	memcpy(f.arp.arp_tpa, ip->b, 4);
	memcpy(ret, &f, sizeof(f));
	return sizeof(f);
}

struct na {
	struct nd_neighbor_advert advert;
	struct nd_opt_hdr option;
	uint8_t mac[ETH_ALEN];
} __attribute__((packed));

/* Over the pseudo-header (RFC 8200 8.1) and the message, 16 bits at a time. */
static uint16_t icmp6_checksum(struct in6_addr from, struct in6_addr to, const struct na *na)
{
	struct {
		struct in6_addr from, to;
		uint32_t len, next;
		struct na na;
	} __attribute__((packed)) p = {
		.from = from,
		.to = to,
		.len = htonl(sizeof(*na)),
		.next = htonl(IPPROTO_ICMPV6),
		.na = *na,
	};
	uint8_t bytes[sizeof(p)];
	uint32_t sum = 0;

	_Static_assert(sizeof(p) % 2 == 0, "an odd byte would need padding");
	memcpy(bytes, &p, sizeof(p));
	for (size_t i = 0; i < sizeof(bytes); i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* RFC 4861 7.2.6: to all nodes, override set, solicited not; receivers drop hop limits below 255. */
static size_t na_frame(const struct mac *mac, const struct ip *ip, uint8_t *ret)
{
	static const struct in6_addr all_nodes = { .s6_addr = { 0xff, 0x02, [15] = 1 } };
	struct {
		struct ether_header eth;
		struct ip6_hdr ip6;
		struct na na;
	} __attribute__((packed)) f = {
		/* RFC 2464 7: 33:33 and the last four bytes of the group */
		.eth = { .ether_dhost = { 0x33, 0x33, 0, 0, 0, 1 },
			 .ether_type = htons(ETHERTYPE_IPV6) },
		.ip6 = { .ip6_flow = htonl(6U << 28),
			 .ip6_plen = htons(sizeof(f.na)),
			 .ip6_nxt = IPPROTO_ICMPV6,
			 .ip6_hlim = 255,
			 .ip6_dst = all_nodes },
		.na.advert.nd_na_hdr = { .icmp6_type = ND_NEIGHBOR_ADVERT },
		/* length in units of 8 bytes */
		.na.option = { .nd_opt_type = ND_OPT_TARGET_LINKADDR, .nd_opt_len = 1 },
	};

	memcpy(f.eth.ether_shost, mac->b, ETH_ALEN);
	memcpy(&f.ip6.ip6_src, ip->b, sizeof(f.ip6.ip6_src));
	f.na.advert.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE;
	memcpy(&f.na.advert.nd_na_target, ip->b, sizeof(f.na.advert.nd_na_target));
	memcpy(f.na.mac, mac->b, ETH_ALEN);
	f.na.advert.nd_na_cksum = icmp6_checksum(f.ip6.ip6_src, all_nodes, &f.na);
	memcpy(ret, &f, sizeof(f));
	return sizeof(f);
}

size_t announce_frame(const struct mac *mac, const struct ip *ip,
		      uint8_t ret[static ANNOUNCE_FRAME_MAX])
{
	if (ip->family == AF_INET)
		return arp_frame(mac, ip, ret);
	return ip->family == AF_INET6 ? na_frame(mac, ip, ret) : 0;
}

/* Protocol 0: nothing is ever received on it, so nothing queues up. */
static int open_packet(const struct netns *in, const struct netns *home, struct err *e)
{
	int fd, sys, r = netns_enter(in, e);

	if (r)
		return r;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	sys = errno;
	netns_leave(home);
	return fd < 0 ? err_sys(e, sys, "open packet socket") : fd;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -EBADF;
}

int announce_addrs(const struct netns *in, const struct netns *home, int ifindex,
		   const struct mac *mac, const struct cidr *addrs, size_t n, struct err *e)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = ifindex,
				  .sll_halen = ETH_ALEN };
	cleanup(close_fd) int fd = open_packet(in, home, e);
	struct err first = { 0 };

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < n; i++) {
		uint8_t frame[ANNOUNCE_FRAME_MAX];
		size_t len = announce_frame(mac, &addrs[i].ip, frame);
		char text[IP_STR_MAX];
		struct err one;

		to.sll_protocol = htons(addrs[i].ip.family == AF_INET ? ETH_P_ARP : ETH_P_IPV6);
		if (!len || sendto(fd, frame, len, MSG_DONTWAIT, (const struct sockaddr *)&to,
				   sizeof(to)) >= 0)
			continue;
		(void)err_sys(&one, errno, "announce %s", ip_format(&addrs[i].ip, text));
		(void)err_gather(&first, &one);
	}
	if (first.sys)
		*e = first;
	return -first.sys;
}
