package server

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

func (s *System) userCommand() *cobra.Command {
	var config string
	c := &cobra.Command{Use: "user", Short: "Create, list and change users", Args: cobra.NoArgs}
	configFlag(c, &config)
	c.AddCommand(s.userCreate(&config), s.userList(&config), s.userSetPassword(&config), s.userDelete(&config))
	return c
}

const passwordHelp = "read the password from the standard input; without it one is made and printed"

func (s *System) userCreate(config *string) *cobra.Command {
	var email, name string
	var verified, stdin bool
	var fields []string
	c := &cobra.Command{
		Use:   "create",
		Short: "Create a user who signs in by password",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !input.ValidEmail(email) {
				return errors.New("--email must be an email address")
			}
			sent, err := readFields(fields)
			if err != nil {
				return err
			}
			password, err := s.password(stdin)
			if err != nil {
				return err
			}
			return s.work(c.Context(), *config, func(k *core.Context) error {
				u := &core.User{Email: email, Name: name, EmailVerified: verified}
				if err := input.CreateFields(k.Tables().Users.Table, u, sent); err != nil {
					return worded(err)
				}
				if err := createUser(k, u, password); err != nil {
					return worded(err)
				}
				_, err := fmt.Fprintln(c.OutOrStdout(), u.ID)
				return errors.Join(err, tellPassword(c.OutOrStdout(), password, stdin))
			})
		},
	}
	c.Flags().StringVar(&email, "email", "", "email address (required)")
	c.Flags().StringVar(&name, "name", "", "name")
	c.Flags().BoolVar(&verified, "verified", false, "the address is known to be the user's")
	c.Flags().StringArrayVar(&fields, "field", nil, "an additional field, as name=value; repeatable")
	c.Flags().BoolVar(&stdin, "password-stdin", false, passwordHelp)
	_ = c.MarkFlagRequired("email")
	return c
}

func createUser(k *core.Context, u *core.User, password string) error {
	hash, err := k.HashPassword(password)
	if err != nil {
		return err
	}
	return k.Transaction(func(k *core.Context) error {
		if err := k.Users().Create(u); err != nil {
			return err
		}
		return k.Accounts().SetPassword(u.ID, hash)
	})
}

// readFields reads name=value; a value that is JSON is taken as that.
func readFields(list []string) (map[string]json.RawMessage, error) {
	sent := map[string]json.RawMessage{}
	for _, item := range list {
		name, value, ok := strings.Cut(item, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--field %q: expected name=value", item)
		}
		raw := json.RawMessage(value)
		if !json.Valid(raw) {
			raw, _ = json.Marshal(value) // a string never fails
		}
		sent[name] = raw
	}
	return sent, nil
}

// password reads one line, or makes a password of about 119 bits. It is never
// taken from the arguments, which every process can read.
func (s *System) password(stdin bool) (string, error) {
	if !stdin {
		return secret.Text(s.Random, secret.Alphanumeric, 20), nil
	}
	line, err := bufio.NewReader(io.LimitReader(s.Stdin, 4<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("the password cannot be read: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.New("the standard input holds no password")
	}
	return line, nil
}

func tellPassword(w io.Writer, password string, known bool) error {
	if known {
		return nil
	}
	_, err := fmt.Fprintf(w, "password %s\n", password)
	return err
}

// find returns the user with that address or id.
func find(k *core.Context, who string) (*core.User, error) {
	get := k.Users().ByID
	if strings.Contains(who, "@") {
		get = k.Users().ByEmail
	}
	u, err := get(who)
	if errors.Is(err, db.ErrNotFound) {
		return nil, fmt.Errorf("there is no user %q", who)
	}
	return u, err
}

func (s *System) userSetPassword(config *string) *cobra.Command {
	var stdin bool
	c := &cobra.Command{
		Use:   "set-password EMAIL|ID",
		Short: "Set a user's password and end the user's sessions",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			password, err := s.password(stdin)
			if err != nil {
				return err
			}
			return s.work(c.Context(), *config, func(k *core.Context) error {
				u, err := find(k, args[0])
				if err != nil {
					return err
				}
				hash, err := k.HashPassword(password)
				if err != nil {
					return worded(err)
				}
				err = k.Transaction(func(k *core.Context) error {
					return errors.Join(k.Accounts().SetPassword(u.ID, hash), k.Sessions().DeleteAll(u.ID))
				})
				if err != nil {
					return err
				}
				return tellPassword(c.OutOrStdout(), password, stdin)
			})
		},
	}
	c.Flags().BoolVar(&stdin, "password-stdin", false, passwordHelp)
	return c
}

func (s *System) userDelete(config *string) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "delete EMAIL|ID",
		Short: "Delete a user with all sessions and accounts",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if !yes {
				return errors.New("this cannot be undone; --yes confirms it")
			}
			return s.work(c.Context(), *config, func(k *core.Context) error {
				u, err := find(k, args[0])
				if err != nil {
					return err
				}
				return k.Users().Delete(u)
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do it")
	return c
}

// worded gives a refusal's message without its status and code.
func worded(err error) error {
	var refusal *core.Error
	if errors.As(err, &refusal) && refusal.Message != "" {
		return errors.New(refusal.Message)
	}
	return err
}
