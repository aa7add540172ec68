// Package secret holds the deployment's secrets and everything made directly from them: signed values
// (cookies), sealed values (encrypted columns and cookies), purpose keys, and random identifiers.
//
//	ring, err := secret.New(os.Getenv("BETTER_AUTH_SECRET"))
//	signed := ring.Sign("token")           // "token.<base64 HMAC-SHA256>"
//	value, ok := ring.Verify(signed)       // "token", true
//	sealed, err := ring.Seal(text, nil)    // hex of nonce ‖ XChaCha20-Poly1305
//	id := secret.ID(nil)                   // 32 of a-zA-Z0-9
//
// # Compatibility
//
// Every format is byte for byte that of Better Auth 1.7: a deployment that keeps its secret keeps its cookies and
// its encrypted columns, in both directions.
//
// # Concurrency
//
// A [Ring] is immutable and safe for concurrent use. No function of this package keeps state.
//
// # Confidentiality
//
// [Key] and [Ring] print, log and marshal as a placeholder. The raw bytes leave the package only through
// [Ring.SigningKey] and [Ring.Secrets].
package secret
