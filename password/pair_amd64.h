// scryptBlockMix of two computations side by side: one in the lower halves of the registers, the other in the upper.
// Y0 to Y3 hold the diagonals of a block, Y4 to Y7 the block as it was before the rounds, Y8 to Y11 what is in passing.
// The including file defines the names MIX and MIXXOR, and STEP as its processor does it best.

// Two rounds of Salsa20: columns, then rows.
#define ROUNDS \
	STEP(Y0, Y3, Y1, 7, 25)   \
	STEP(Y1, Y0, Y2, 9, 23)   \
	STEP(Y2, Y1, Y3, 13, 19)  \
	STEP(Y3, Y2, Y0, 18, 14)  \
	VPSHUFD $0x93, Y1, Y1     \
	VPSHUFD $0x4E, Y2, Y2     \
	VPSHUFD $0x39, Y3, Y3     \
	STEP(Y0, Y1, Y3, 7, 25)   \
	STEP(Y3, Y0, Y2, 9, 23)   \
	STEP(Y2, Y3, Y1, 13, 19)  \
	STEP(Y1, Y2, Y0, 18, 14)  \
	VPSHUFD $0x39, Y1, Y1     \
	VPSHUFD $0x4E, Y2, Y2     \
	VPSHUFD $0x93, Y3, Y3

#define SALSA8 \
	VMOVDQA Y0, Y4     \
	VMOVDQA Y1, Y5     \
	VMOVDQA Y2, Y6     \
	VMOVDQA Y3, Y7     \
	ROUNDS             \
	ROUNDS             \
	ROUNDS             \
	ROUNDS             \
	VPADDD  Y4, Y0, Y0 \
	VPADDD  Y5, Y1, Y1 \
	VPADDD  Y6, Y2, Y2 \
	VPADDD  Y7, Y3, Y3

// The blocks ^= those at an offset from p and q.
#define XOR(p, q, at) \
	VMOVDQU     (at+0)(p), X8              \
	VMOVDQU     (at+16)(p), X9             \
	VMOVDQU     (at+32)(p), X10            \
	VMOVDQU     (at+48)(p), X11            \
	VINSERTI128 $1, (at+0)(q), Y8, Y8      \
	VINSERTI128 $1, (at+16)(q), Y9, Y9     \
	VINSERTI128 $1, (at+32)(q), Y10, Y10   \
	VINSERTI128 $1, (at+48)(q), Y11, Y11   \
	VPXOR       Y8, Y0, Y0                 \
	VPXOR       Y9, Y1, Y1                 \
	VPXOR       Y10, Y2, Y2                \
	VPXOR       Y11, Y3, Y3

#define STORE(p, q) \
	VMOVDQU      X0, 0(p)      \
	VMOVDQU      X1, 16(p)     \
	VMOVDQU      X2, 32(p)     \
	VMOVDQU      X3, 48(p)     \
	VEXTRACTI128 $1, Y0, 0(q)  \
	VEXTRACTI128 $1, Y1, 16(q) \
	VEXTRACTI128 $1, Y2, 32(q) \
	VEXTRACTI128 $1, Y3, 48(q)

#define CLEAR \
	VPXOR Y0, Y0, Y0 \
	VPXOR Y1, Y1, Y1 \
	VPXOR Y2, Y2, Y2 \
	VPXOR Y3, Y3, Y3

// MIX is func(in, out *[2]*block, pairs int).
TEXT MIX(SB), NOSPLIT, $0-24
	MOVQ in+0(FP), AX
	MOVQ 0(AX), SI
	MOVQ 8(AX), DI
	MOVQ out+8(FP), AX
	MOVQ 0(AX), R8
	MOVQ 8(AX), R9
	MOVQ pairs+16(FP), CX
	MOVQ CX, AX
	SHLQ $6, AX
	LEAQ (R8)(AX*1), R10 // the odd blocks
	LEAQ (R9)(AX*1), R11
	LEAQ -64(SI)(AX*2), R12 // the last blocks
	LEAQ -64(DI)(AX*2), R13
	CLEAR
	XOR(R12, R13, 0)

mix:
	XOR(SI, DI, 0)
	SALSA8
	STORE(R8, R9)
	XOR(SI, DI, 64)
	SALSA8
	STORE(R10, R11)
	ADDQ $128, SI
	ADDQ $128, DI
	ADDQ $64, R8
	ADDQ $64, R9
	ADDQ $64, R10
	ADDQ $64, R11
	DECQ CX
	JNZ  mix
	VZEROUPPER
	RET

// MIXXOR is func(a, b, out *[2]*block, pairs int).
TEXT MIXXOR(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), AX
	MOVQ 0(AX), SI
	MOVQ 8(AX), DI
	MOVQ b+8(FP), AX
	MOVQ 0(AX), DX
	MOVQ 8(AX), BX
	MOVQ out+16(FP), AX
	MOVQ 0(AX), R8
	MOVQ 8(AX), R9
	MOVQ pairs+24(FP), CX
	MOVQ CX, AX
	SHLQ $6, AX
	LEAQ (R8)(AX*1), R10
	LEAQ (R9)(AX*1), R11
	LEAQ -64(SI)(AX*2), R12
	LEAQ -64(DI)(AX*2), R13
	CLEAR
	XOR(R12, R13, 0)
	LEAQ -64(DX)(AX*2), R12
	LEAQ -64(BX)(AX*2), R13
	XOR(R12, R13, 0)

mix:
	XOR(SI, DI, 0)
	XOR(DX, BX, 0)
	SALSA8
	STORE(R8, R9)
	XOR(SI, DI, 64)
	XOR(DX, BX, 64)
	SALSA8
	STORE(R10, R11)
	ADDQ $128, SI
	ADDQ $128, DI
	ADDQ $128, DX
	ADDQ $128, BX
	ADDQ $64, R8
	ADDQ $64, R9
	ADDQ $64, R10
	ADDQ $64, R11
	DECQ CX
	JNZ  mix
	VZEROUPPER
	RET
