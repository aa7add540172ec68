package watchword_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/flow/emailpassword"
)

func exampleOptions() watchword.Options {
	return watchword.Options{
		Secret:           "only for this example, never for a real one",
		BaseURL:          "http://localhost:3000",
		Database:         memory.New(),
		EmailAndPassword: watchword.EmailAndPassword{Enabled: true},
	}
}

func ExampleNew() {
	auth, err := watchword.New(exampleOptions())
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", auth.Handler())

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/auth/ok", nil))
	fmt.Println(w.Body)
	// Output: {"ok":true}
}

func ExampleInvoke() {
	auth, err := watchword.New(exampleOptions())
	if err != nil {
		log.Fatal(err)
	}
	out, err := watchword.Invoke(context.Background(), auth, emailpassword.SignUp, &emailpassword.SignUpInput{
		Name: "Ada", Email: "Ada@example.com", Password: "correct horse",
	}, watchword.Call{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.User.Email)
	// Output: ada@example.com
}

func ExampleAuth_RequireSession() {
	auth, err := watchword.New(exampleOptions())
	if err != nil {
		log.Fatal(err)
	}
	account := auth.RequireSession(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintln(w, "Hello", watchword.SessionFrom(r.Context()).User.Name)
	}))

	w := httptest.NewRecorder()
	account.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/account", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 401 {"message":"Unauthorized","code":"UNAUTHORIZED"}
}

func ExampleSchema() {
	schema, err := watchword.Schema(watchword.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var names []string
	for _, table := range schema.Tables {
		names = append(names, table.Name)
	}
	fmt.Println(strings.Join(names, " "))
	// Output: user session account verification
}
