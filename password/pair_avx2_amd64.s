//go:build !purego

#include "textflag.h"

#define MIX ·pairAVX2
#define MIXXOR ·pairXORAVX2

// d ^= (a + b) rotated left by l, with r = 32 - l.
#define STEP(a, b, d, l, r) \
	VPADDD a, b, Y8   \
	VPSLLD $l, Y8, Y9 \
	VPSRLD $r, Y8, Y8 \
	VPXOR  Y9, d, d   \
	VPXOR  Y8, d, d

#include "pair_amd64.h"
