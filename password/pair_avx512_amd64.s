//go:build !purego

#include "textflag.h"

#define MIX ·pairAVX512
#define MIXXOR ·pairXORAVX512

// d ^= (a + b) rotated left by l. What is left of r is of no use: these processors rotate.
#define STEP(a, b, d, l, r) \
	VPADDD a, b, Y8   \
	VPROLD $l, Y8, Y8 \
	VPXOR  Y8, d, d

#include "pair_amd64.h"
