// Package watchword is authentication for Go: an instance that answers HTTP
// below a path, keeps users and sessions in a database, and tells an
// application who is calling.
//
//	store, err := sqlite.Open("app.db", sqlite.Options{})
//	auth, err := watchword.New(watchword.Options{
//		Secret:           os.Getenv("WATCHWORD_SECRET"),
//		BaseURL:          "https://example.com",
//		Database:         store,
//		EmailAndPassword: watchword.EmailAndPassword{Enabled: true},
//	})
//	_, err = auth.Migrate(ctx)
//	http.Handle("/api/auth/", auth.Handler())
//	http.Handle("/account", auth.RequireSession(account)) // watchword.SessionFrom(r.Context())
//
// # Compatibility
//
// The HTTP protocol is that of Better Auth 1.7 and the rows are those of its
// tables: its clients work unchanged, and a deployment moves over, and back,
// with its database and its secret.
//
// # Concurrency
//
// An [Auth] is immutable and safe for concurrent use.
package watchword
