package core

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// setTables puts the core's tables into the schema, with the application's
// names and columns.
func (k *Kernel) setTables() error {
	o, t := &k.options, k.tables
	for _, def := range []*db.Def{t.Users.Def, t.Sessions.Def, t.Accounts.Def, t.Verifications.Def} {
		k.own("the core", def)
	}
	k.schema.Tables = append(k.schema.Tables, t.Users.Def)
	if k.sessionsInDatabase() {
		k.schema.Tables = append(k.schema.Tables, t.Sessions.Def)
	}
	k.schema.Tables = append(k.schema.Tables, t.Accounts.Def)
	if k.verificationsInDatabase() {
		k.schema.Tables = append(k.schema.Tables, t.Verifications.Def)
	}
	if err := addFields(t.Users.Table, o.User.AdditionalFields, o.User.Mapping); err != nil {
		return fmt.Errorf("watchword: Options.User: %w", err)
	}
	if err := addFields(t.Sessions.Table, o.Session.AdditionalFields, o.Session.Mapping); err != nil {
		return fmt.Errorf("watchword: Options.Session: %w", err)
	}
	if err := addFields(t.Accounts.Table, o.Account.AdditionalFields, o.Account.Mapping); err != nil {
		return fmt.Errorf("watchword: Options.Account: %w", err)
	}
	if err := addFields(t.Verifications.Table, o.Verification.AdditionalFields, o.Verification.Mapping); err != nil {
		return fmt.Errorf("watchword: Options.Verification: %w", err)
	}
	if o.Account.Issuer {
		if err := k.addIssuer(); err != nil {
			return fmt.Errorf("watchword: Options.Account.Issuer: %w", err)
		}
	}
	k.own("Options.User", t.Users.Def)
	k.own("Options.Session", t.Sessions.Def)
	k.own("Options.Account", t.Accounts.Def)
	k.own("Options.Verification", t.Verifications.Def)
	k.userHooks = append(k.userHooks, o.DatabaseHooks.User)
	k.sessionHooks = append(k.sessionHooks, o.DatabaseHooks.Session)
	k.accountHooks = append(k.accountHooks, o.DatabaseHooks.Account)
	k.verificationHooks = append(k.verificationHooks, o.DatabaseHooks.Verification)
	return nil
}

// own notes whose a table and those of its columns are that nobody owns yet.
func (k *Kernel) own(owner string, def *db.Def) {
	k.owners["table "+def.Name] = or(k.owners["table "+def.Name], owner)
	for _, c := range def.Columns {
		name := "field " + def.Name + "." + c.Name
		k.owners[name] = or(k.owners[name], owner)
	}
}

// finishSchema applies renames of columns that plugins added, and the key
// type, and checks the whole.
func (k *Kernel) finishSchema() error {
	o, t := &k.options, k.tables
	for _, m := range []struct {
		def     *db.Def
		mapping Mapping
		option  string
	}{
		{t.Users.Def, o.User.Mapping, "User"}, {t.Sessions.Def, o.Session.Mapping, "Session"},
		{t.Accounts.Def, o.Account.Mapping, "Account"}, {t.Verifications.Def, o.Verification.Mapping, "Verification"},
	} {
		for name, physical := range m.mapping.Fields {
			c := m.def.Column(name)
			if c == nil {
				return fmt.Errorf("watchword: Options.%s.Fields: there is no column %q", m.option, name)
			}
			c.Rename(physical)
		}
	}
	for _, def := range k.schema.Tables {
		def.IDs, def.Dialect = o.Advanced.GenerateID.Type, k.adapter.Dialect()
	}
	if err := k.schema.Check(); err != nil {
		return fmt.Errorf("watchword: %w", err)
	}
	return nil
}

func addFields[T any](t *db.Table[T], fields []AdditionalField, m Mapping) error {
	if m.ModelName != "" {
		t.Rename(m.ModelName)
	}
	for _, f := range fields {
		if err := addField(t, f); err != nil {
			return err
		}
	}
	return nil
}

func addField[T any](t *db.Table[T], f AdditionalField) (err error) {
	if t.Column(f.Name) != nil {
		return fmt.Errorf("field %q: the table has a column of that name", f.Name)
	}
	shape := func(c *db.Column) {
		c.Unique, c.Index, c.Sortable, c.Hidden, c.References = f.Unique, f.Index, f.Sortable, f.Hidden, f.Reference
		c.Null = !f.Required
		if f.Type != 0 {
			c.Kind = f.Type
		}
		if f.FieldName != "" {
			c.Rename(f.FieldName)
		}
		c.Input = db.InputRule{Accept: !f.NoInput, Required: f.Required, Default: f.Default,
			OnUpdate: f.OnUpdate, Validate: f.Validate, Transform: f.Transform, Options: f.Options}
	}
	switch f.Type {
	case 0, db.KindText, db.KindID:
		_, err = db.AddField[string](t, f.Name, shape)
	case db.KindBool:
		_, err = db.AddField[bool](t, f.Name, shape)
	case db.KindInt, db.KindBigInt:
		_, err = db.AddField[int64](t, f.Name, shape)
	case db.KindNumber:
		_, err = db.AddField[float64](t, f.Name, shape)
	case db.KindNumberList:
		_, err = db.AddField[[]float64](t, f.Name, shape)
	case db.KindTime:
		_, err = db.AddField[time.Time](t, f.Name, shape)
	case db.KindJSON:
		_, err = db.AddField[json.RawMessage](t, f.Name, shape)
	case db.KindTextList:
		_, err = db.AddField[[]string](t, f.Name, shape)
	default:
		err = fmt.Errorf("field %q has no known type", f.Name)
	}
	if err != nil {
		return err
	}
	for name, value := range map[string]func() any{"Default": f.Default, "OnUpdate": f.OnUpdate} {
		if value == nil {
			continue
		}
		if made, kind := value(), t.Column(f.Name).Kind; !input.Fits(kind, made) {
			return fmt.Errorf("field %q: %s makes %T, not a %s", f.Name, name, made, kind)
		}
	}
	return nil
}

// Stateful reports whether sessions have a store, a database or secondary
// storage, or live in the client's cookies only.
func (k *Kernel) Stateful() bool {
	return !k.options.Stateless || k.options.SecondaryStorage != nil
}

func (k *Kernel) sessionsInDatabase() bool {
	return k.options.SecondaryStorage == nil || k.options.Session.StoreSessionInDatabase
}

func (k *Kernel) verificationsInDatabase() bool {
	return k.options.SecondaryStorage == nil || k.options.Verification.StoreInDatabase
}
