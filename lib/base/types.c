// SPDX-License-Identifier: Apache-2.0
#include "base/types.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int mac_parse(const char *s, struct mac *ret)
{
	/* octets per group: "02:00:.." has one, "0200.00.." has two */
	bool dotted = strlen(s) == 14;
	size_t group = dotted ? 2 : 1;
	char sep = dotted ? '.' : s[0] && s[1] ? s[2] : '\0';
	struct mac m;

	if (strlen(s) != (dotted ? 14 : 17) || (sep != ':' && sep != '-' && sep != '.') ||
	    dotted != (sep == '.'))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(m.b); i++) {
		int hi = hex_digit(s[0]), lo = hi < 0 ? -1 : hex_digit(s[1]);

		if (lo < 0)
			return -EINVAL;
		m.b[i] = (uint8_t)(hi << 4 | lo);
		s += 2;
		if (i + 1 < sizeof(m.b) && (i + 1) % group == 0 && *s++ != sep)
			return -EINVAL;
	}
	*ret = m;
	return 0;
}

const char *mac_format(const struct mac *m, char buf[static MAC_STR_MAX])
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(m->b); i++) {
		buf[3 * i] = digit[m->b[i] >> 4];
		buf[3 * i + 1] = digit[m->b[i] & 0xf];
		buf[3 * i + 2] = ':';
	}
	buf[3 * sizeof(m->b) - 1] = '\0';
	return buf;
}

bool mac_equal(const struct mac *a, const struct mac *b)
{
	return !memcmp(a->b, b->b, sizeof(a->b));
}

bool mac_is_zero(const struct mac *m)
{
	return mac_equal(m, &(struct mac){ 0 });
}

bool mac_is_unicast(const struct mac *m)
{
	return !(m->b[0] & 1) && !mac_is_zero(m);
}

int ip_parse(const char *s, struct ip *ret)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct ip a = { .family = strchr(s, ':') ? AF_INET6 : AF_INET };

	if (inet_pton(a.family, s, a.b) != 1)
		return -EINVAL;
	if (a.family == AF_INET6 && !memcmp(a.b, mapped, sizeof(mapped))) {
		memmove(a.b, a.b + 12, 4);
		memset(a.b + 4, 0, 12);
		a.family = AF_INET;
	}
	*ret = a;
	return 0;
}

const char *ip_format(const struct ip *a, char buf[static IP_STR_MAX])
{
	if (a->family == AF_UNSPEC || !inet_ntop(a->family, a->b, buf, IP_STR_MAX))
		buf[0] = '\0';
	return buf;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family == b->family && !memcmp(a->b, b->b, ip_len(a));
}

unsigned ip_len(const struct ip *a)
{
	return a->family == AF_INET ? 4 : a->family == AF_INET6 ? 16 : 0;
}

int cidr_parse(const char *s, struct cidr *ret)
{
	const char *slash = strchr(s, '/');
	char addr[IP_STR_MAX];
	struct cidr c;
	uint64_t prefix;
	bool mapped;

	if (!slash || (size_t)(slash - s) >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, s, (size_t)(slash - s));
	addr[slash - s] = '\0';
	if (ip_parse(addr, &c.ip) || str_to_u64(slash + 1, 10, 128, &prefix))
		return -EINVAL;
	mapped = c.ip.family == AF_INET && strchr(addr, ':');
	if (mapped && prefix < 96)
		return -EINVAL;
	c.prefix = (uint8_t)(mapped ? prefix - 96 : prefix);
	if (c.prefix > ip_len(&c.ip) * 8)
		return -EINVAL;
	*ret = c;
	return 0;
}

const char *cidr_format(const struct cidr *c, char buf[static CIDR_STR_MAX])
{
	char addr[IP_STR_MAX];

	(void)snprintf(buf, CIDR_STR_MAX, "%s/%u", ip_format(&c->ip, addr), c->prefix);
	return buf;
}

bool cidr_equal(const struct cidr *a, const struct cidr *b)
{
	return ip_equal(&a->ip, &b->ip) && a->prefix == b->prefix;
}

/* Go's unicode.IsSpace beyond ASCII, as UTF-8; the kernel only knows the ASCII ones. */
static bool has_space(const char *s)
{
	static const char *const wide[] = {
		"\xc2\x85",	"\xc2\xa0",	"\xe1\x9a\x80", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
	};

	for (const char *c = s; *c; c++)
		if (isspace((unsigned char)*c))
			return true;
	for (size_t i = 0; i < array_size(wide); i++)
		if (strstr(s, wide[i]))
			return true;
	/* U+2000 .. U+200A */
	for (const char *c = strstr(s, "\xe2\x80"); c; c = strstr(c + 1, "\xe2\x80"))
		if ((uint8_t)c[2] >= 0x80 && (uint8_t)c[2] <= 0x8a)
			return true;
	return false;
}

bool ifname_valid(const char *s)
{
	size_t n = strlen(s);

	return n && n < IFNAMSIZ && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 &&
	       !strpbrk(s, "/:%") && !has_space(s);
}

bool ibdev_name_valid(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

	return n && n < IBDEV_NAME_MAX && !s[n] && s[0] != '.' && s[0] != '-';
}

static bool is_pci_address(const char *s)
{
	static const char pattern[] = "xxxx:xx:xx.7";

	if (strlen(s) != sizeof(pattern) - 1)
		return false;
	for (size_t i = 0; pattern[i]; i++) {
		if (pattern[i] == 'x' ? hex_digit(s[i]) < 0 :
		    pattern[i] == '7' ? s[i] < '0' || s[i] > '7' :
					s[i] != pattern[i])
			return false;
	}
	return true;
}

int devid_parse(const char *s, struct devid *ret)
{
	struct devid d = { .bus = is_pci_address(s) ? DEV_BUS_PCI : DEV_BUS_AUX };

	if (str_copy(d.name, sizeof(d.name), s))
		return -EINVAL;
	if (d.bus == DEV_BUS_PCI) {
		str_lower(d.name);
	} else if (!str_is_id(s) || !strchr(s, '.')) {
		/* auxiliary names are MODULE.NAME.ID; this also refuses the bare
		 * numbers that a shared RDMA device plugin hands out */
		return -EINVAL;
	}
	*ret = d;
	return 0;
}

bool devid_equal(const struct devid *a, const struct devid *b)
{
	return a->bus == b->bus && !strcmp(a->name, b->name);
}
