package watchword_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/flow/emailpassword"
)

// The examples of docs/library.md.

func ExampleAuth_Handler() {
	o := exampleOptions()
	o.BaseURL = "https://example.com/accounts/auth"
	auth, err := watchword.New(o)
	if err != nil {
		log.Fatal(err)
	}
	plain, stripped := http.NewServeMux(), http.NewServeMux()
	plain.Handle("/accounts/auth/", auth)
	stripped.Handle("/accounts/auth/", http.StripPrefix("/accounts/auth", auth))
	for _, mux := range []*http.ServeMux{plain, stripped} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/accounts/auth/ok", nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 {"ok":true}
	// 200 {"ok":true}
}

func ExampleInvoke_reply() {
	ctx := context.Background()
	auth, err := watchword.New(exampleOptions())
	if err != nil {
		log.Fatal(err)
	}
	var reply watchword.Reply
	out, err := watchword.Invoke(ctx, auth, emailpassword.SignUp, &emailpassword.SignUpInput{
		Name: "Ada", Email: "ada@example.com", Password: "correct horse",
	}, watchword.Call{Reply: &reply})
	if err != nil {
		log.Fatal(err)
	}
	name, _, _ := strings.Cut(reply.Header.Get("Set-Cookie"), "=")
	fmt.Println(reply.Status, name, out.User.EmailVerified)

	_, err = watchword.Invoke(ctx, auth, emailpassword.SignIn, &emailpassword.SignInInput{
		Email: "ada@example.com", Password: "wrong",
	}, watchword.Call{})
	fmt.Println(errors.Is(err, core.ErrInvalidEmailOrPassword))
	// Output:
	// 200 better-auth.session_token false
	// true
}

func ExampleAuth_WithTx() {
	ctx := context.Background()
	handle, err := sql.Open("sqlite", "file:example?mode=memory&cache=shared")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = handle.Close() }()
	store, o := sqlite.New(handle), exampleOptions()
	o.Database = store
	auth, err := watchword.New(o)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := auth.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	if _, err := handle.ExecContext(ctx, "CREATE TABLE profile (userId TEXT, plan TEXT)"); err != nil {
		log.Fatal(err)
	}

	sqlTx, err := handle.BeginTx(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = sqlTx.Rollback() }()
	tx := auth.WithTx(store.UseTx(sqlTx))
	out, err := watchword.Invoke(ctx, tx, emailpassword.SignUp, &emailpassword.SignUpInput{
		Name: "Ada", Email: "ada@example.com", Password: "correct horse",
	}, watchword.Call{})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := sqlTx.ExecContext(ctx, "INSERT INTO profile VALUES (?, 'free')", out.User.ID); err != nil {
		log.Fatal(err)
	}
	if err := sqlTx.Commit(); err != nil {
		log.Fatal(err)
	}
	tx.Committed() // now mails are sent and after-hooks run

	var name, plan string
	row := handle.QueryRowContext(ctx, `SELECT name, plan FROM user JOIN profile ON profile.userId = user.id`)
	fmt.Println(row.Scan(&name, &plan), name, plan)
	// Output: <nil> Ada free
}

func ExampleOptions_hooks() {
	o := exampleOptions()
	o.Hooks.Before = func(c *watchword.Context) (*core.Response, error) {
		if c.Path() == "/sign-up/email" && c.Header("X-Invitation") != "please" {
			return nil, core.NewError(http.StatusForbidden, "INVITATION_REQUIRED", "You need an invitation")
		}
		return nil, nil
	}
	o.DatabaseHooks.User.BeforeCreate = func(_ *watchword.Context, u *watchword.User) error {
		u.Name = strings.TrimSpace(u.Name)
		return nil
	}
	auth, err := watchword.New(o)
	if err != nil {
		log.Fatal(err)
	}
	for _, invitation := range []string{"", "please"} {
		r := httptest.NewRequest(http.MethodPost, "/api/auth/sign-up/email",
			strings.NewReader(`{"name":" Ada ","email":"ada@example.com","password":"correct horse"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Invitation", invitation)
		w := httptest.NewRecorder()
		auth.ServeHTTP(w, r)
		fmt.Println(w.Code, strings.Contains(w.Body.String(), `"name":"Ada"`), w.Code == 200 || strings.Contains(w.Body.String(), "INVITATION_REQUIRED"))
	}
	// Output:
	// 403 false true
	// 200 true true
}
