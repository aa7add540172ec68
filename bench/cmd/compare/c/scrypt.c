// Prints how many nanoseconds of the processor one scrypt takes with the
// reference's parameters, of as many as the argument says.
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char password[] = "correct horse battery staple";
static const unsigned char salt[] = "0123456789abcdef0123456789abcdef";

static int hash(void) {
	unsigned char key[64];
	return EVP_PBE_scrypt(password, strlen(password), salt, 32, 16384, 16, 1, 64ull << 20, key, sizeof key);
}

int main(int argc, char **argv) {
	struct timespec from, to;
	int n = argc > 1 ? atoi(argv[1]) : 10;
	if (hash() != 1) return 1;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < n; i++)
		if (hash() != 1) return 1;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	printf("%lld\n", ((to.tv_sec - from.tv_sec) * 1000000000ll + to.tv_nsec - from.tv_nsec) / n);
	return 0;
}
