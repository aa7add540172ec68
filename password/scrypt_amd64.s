//go:build !purego

#include "textflag.h"

// X0 to X3 hold the diagonals of a block, X4 to X7 the block as it was before
// the rounds, X8 to X11 what is in passing.

// d ^= (a + b) rotated left by l, with r = 32 - l.
#define STEP(a, b, d, l, r) \
	MOVO  a, X8  \
	PADDL b, X8  \
	MOVO  X8, X9 \
	PSLLL $l, X8 \
	PSRLL $r, X9 \
	PXOR  X8, d  \
	PXOR  X9, d

// Two rounds of Salsa20: columns, then rows.
#define ROUNDS \
	STEP(X0, X3, X1, 7, 25)  \
	STEP(X1, X0, X2, 9, 23)  \
	STEP(X2, X1, X3, 13, 19) \
	STEP(X3, X2, X0, 18, 14) \
	PSHUFL $0x93, X1, X1     \
	PSHUFL $0x4E, X2, X2     \
	PSHUFL $0x39, X3, X3     \
	STEP(X0, X1, X3, 7, 25)  \
	STEP(X3, X0, X2, 9, 23)  \
	STEP(X2, X3, X1, 13, 19) \
	STEP(X1, X2, X0, 18, 14) \
	PSHUFL $0x39, X1, X1     \
	PSHUFL $0x4E, X2, X2     \
	PSHUFL $0x93, X3, X3

#define SALSA8 \
	MOVO  X0, X4 \
	MOVO  X1, X5 \
	MOVO  X2, X6 \
	MOVO  X3, X7 \
	ROUNDS       \
	ROUNDS       \
	ROUNDS       \
	ROUNDS       \
	PADDL X4, X0 \
	PADDL X5, X1 \
	PADDL X6, X2 \
	PADDL X7, X3

// The block ^= the one at an offset from p.
#define XOR(p, at) \
	MOVOU (at+0)(p), X8   \
	MOVOU (at+16)(p), X9  \
	MOVOU (at+32)(p), X10 \
	MOVOU (at+48)(p), X11 \
	PXOR  X8, X0          \
	PXOR  X9, X1          \
	PXOR  X10, X2         \
	PXOR  X11, X3

#define STORE(p) \
	MOVOU X0, 0(p)  \
	MOVOU X1, 16(p) \
	MOVOU X2, 32(p) \
	MOVOU X3, 48(p)

#define CLEAR \
	PXOR X0, X0 \
	PXOR X1, X1 \
	PXOR X2, X2 \
	PXOR X3, X3

// func mixSSE2(in, out *block, pairs int)
TEXT ·mixSSE2(SB), NOSPLIT, $0-24
	MOVQ in+0(FP), SI
	MOVQ out+8(FP), DI
	MOVQ pairs+16(FP), CX
	MOVQ CX, AX
	SHLQ $6, AX
	LEAQ (DI)(AX*1), R8    // the odd blocks
	LEAQ -64(SI)(AX*2), R9 // the last block
	CLEAR
	XOR(R9, 0)

mix:
	XOR(SI, 0)
	SALSA8
	STORE(DI)
	XOR(SI, 64)
	SALSA8
	STORE(R8)
	ADDQ $128, SI
	ADDQ $64, DI
	ADDQ $64, R8
	DECQ CX
	JNZ  mix
	RET

// func mixXORSSE2(a, b, out *block, pairs int)
TEXT ·mixXORSSE2(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), SI
	MOVQ b+8(FP), DX
	MOVQ out+16(FP), DI
	MOVQ pairs+24(FP), CX
	MOVQ CX, AX
	SHLQ $6, AX
	LEAQ (DI)(AX*1), R8
	LEAQ -64(SI)(AX*2), R9
	LEAQ -64(DX)(AX*2), R10
	CLEAR
	XOR(R9, 0)
	XOR(R10, 0)

mix:
	XOR(SI, 0)
	XOR(DX, 0)
	SALSA8
	STORE(DI)
	XOR(SI, 64)
	XOR(DX, 64)
	SALSA8
	STORE(R8)
	ADDQ $128, SI
	ADDQ $128, DX
	ADDQ $64, DI
	ADDQ $64, R8
	DECQ CX
	JNZ  mix
	RET
