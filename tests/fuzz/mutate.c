// SPDX-License-Identifier: Apache-2.0
/*
 * Mutations that keep JSON: a member is dropped, doubled, exchanged, renamed, or becomes something
 * else. Where an input has several texts (fields.h) it is one of them; where that is no JSON, and
 * every second time, libFuzzer's own mutations do.
 */
#include <string.h>

#include "base/json.h"
#include "fields.h"

enum { NODES_MAX = 512, TEXT_MAX = 16384, STEPS_MAX = 3 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

/** struct node - @parent: NULL for the document itself */
struct node {
	cJSON *parent, *item;
};

struct tree {
	struct node nodes[NODES_MAX];
	size_t n;
};

static uint32_t state;

static unsigned below(size_t n)
{
	state = state * 1664525U + 1013904223U;
	return (unsigned)((state >> 8) % n);
}

/* Breadth first, without recursion. */
static void gather(struct tree *t, cJSON *doc)
{
	t->nodes[0] = (struct node){ NULL, doc };
	t->n = 1;
	for (size_t i = 0; i < t->n; i++)
		for (cJSON *c = t->nodes[i].item->child; c && t->n < NODES_MAX; c = c->next)
			t->nodes[t->n++] = (struct node){ t->nodes[i].item, c };
}

static cJSON *interesting(void)
{
	static const double numbers[] = {
		0,     -1, 1, 0.5, 4094, 4095, 4096, 65535, 65536, 4294967295.0, 9007199254740993.0,
		1e300,
	};
	static const char *const texts[] = {
		"",
		" ",
		"on",
		"auto",
		"0000:03:00.3",
		"02:00:00:00:00:07",
		"10.0.0.1/24",
		"fd00::1/129",
		"../../x",
		"%s%n",
		"net1",
		"1.1.0",
		"\xff",
	};

	switch (below(6)) {
	case 0:
		return cJSON_CreateNull();
	case 1:
		return cJSON_CreateBool((int)below(2));
	case 2:
		return cJSON_CreateArray();
	case 3:
		return cJSON_CreateObject();
	case 4:
		return cJSON_CreateNumber(numbers[below(array_size(numbers))]);
	}
	return cJSON_CreateString(texts[below(array_size(texts))]);
}

/* It keeps its key, unless another's is given. */
static void replace(const struct node *at, cJSON *by, const char *key)
{
	char *name = at->item->string || key ? strdup(key ? key : at->item->string) : NULL;

	if (!by || !cJSON_ReplaceItemViaPointer(at->parent, at->item, by))
		cJSON_Delete(by);
	else if (name && cJSON_IsObject(at->parent)) {
		cJSON_free(by->string);
		by->string = cJSON_malloc(strlen(name) + 1);
		MUST(by->string);
		memcpy(by->string, name, strlen(name) + 1);
	}
	free(name);
}

static void change_text(const struct node *at)
{
	char text[TEXT_MAX];
	const char *now = cJSON_IsString(at->item) ? at->item->valuestring : "";
	size_t n = strlen(now) < sizeof(text) / 2 ? strlen(now) : sizeof(text) / 2;

	memcpy(text, now, n);
	n = LLVMFuzzerMutate((uint8_t *)text, n, sizeof(text) - 1);
	text[n] = '\0';
	replace(at, cJSON_CreateString(text), NULL);
}

static void add_to(cJSON *parent, const char *key, cJSON *item)
{
	bool added = cJSON_IsObject(parent) ? cJSON_AddItemToObject(parent, key ? key : "x", item) :
					      cJSON_AddItemToArray(parent, item);

	if (!added)
		cJSON_Delete(item);
}

static void mutate_node(const struct node *at, const struct node *other)
{
	if (!at->parent)
		return;
	switch (below(6)) {
	case 0:
		cJSON_Delete(cJSON_DetachItemViaPointer(at->parent, at->item));
		break;
	case 1:
		add_to(at->parent, at->item->string, cJSON_Duplicate(at->item, true));
		break;
	case 2:
		replace(at, interesting(), NULL);
		break;
	case 3:
		replace(at, cJSON_Duplicate(other->item, true), NULL);
		break;
	case 4:
		replace(at, cJSON_Duplicate(at->item, true), other->item->string);
		break;
	case 5:
		change_text(at);
		break;
	}
}

static size_t mutate_json(uint8_t *data, size_t size, size_t max)
{
	cleanup(json_free) cJSON *doc = cJSON_ParseWithLength((const char *)data, size);
	char *text;
	size_t n;

	if (!doc)
		return 0;
	for (unsigned i = below(STEPS_MAX) + 1; i; i--) {
		static struct tree tree;

		gather(&tree, doc);
		mutate_node(&tree.nodes[below(tree.n)], &tree.nodes[below(tree.n)]);
	}
	text = cJSON_PrintUnformatted(doc);
	n = text ? strlen(text) : 0;
	if (n > max)
		n = 0;
	memcpy(data, text ? text : "", n);
	cJSON_free(text);
	return n;
}

static size_t count_texts(const uint8_t *data, size_t size)
{
	size_t n = 1;

	for (size_t i = 0; i < size; i++)
		n += !data[i];
	return n;
}

/* One text becomes another; what follows moves. 0: it is no JSON */
static size_t mutate_text(uint8_t *data, size_t size, size_t max)
{
	struct fields in = { data, size };
	struct field text = take_field(&in);
	uint8_t changed[TEXT_MAX];
	size_t head, tail, n;

	for (unsigned skip = below(count_texts(data, size)); skip; skip--)
		text = take_field(&in);
	if (!text.n || text.n > sizeof(changed))
		return 0;
	head = (size_t)(text.b - data);
	tail = size - head - text.n;
	memcpy(changed, text.b, text.n);
	n = mutate_json(changed, text.n, sizeof(changed));
	if (!n || head + n + tail > max)
		return 0;
	memmove(data + head + n, text.b + text.n, tail);
	memcpy(data + head, changed, n);
	return head + n + tail;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size_t n = 0;

	state = seed;
	if (below(2))
		n = mutate_text(data, size, max);
	return n ? n : LLVMFuzzerMutate(data, size, max);
}
