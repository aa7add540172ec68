package server

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/server/config"
)

// additionalField is an entry of additionalFields, as the reference has it.
type additionalField struct {
	Type         fieldType       `key:"type"`
	Required     *bool           `key:"required"`
	DefaultValue json.RawMessage `key:"defaultValue"`
	Input        *bool           `key:"input"`
	Returned     *bool           `key:"returned"`
	Unique       bool            `key:"unique"`
	Index        bool            `key:"index"`
	Sortable     bool            `key:"sortable"`
	BigInt       bool            `key:"bigint"`
	FieldName    string          `key:"fieldName"`
	References   *struct {
		Model    string `key:"model"`
		Field    string `key:"field"`
		OnDelete string `key:"onDelete"`
	} `key:"references"`
}

// fieldType is a type's name, or a list of allowed texts.
type fieldType struct {
	kind    db.Kind
	options []string
}

var fieldKinds = map[string]db.Kind{
	"string": db.KindText, "number": db.KindNumber, "boolean": db.KindBool, "date": db.KindTime,
	"json": db.KindJSON, "string[]": db.KindTextList, "number[]": db.KindNumberList,
}

// DecodeConfig takes the name of a type, or a list of texts.
func (t *fieldType) DecodeConfig(n *config.Node) error {
	if n.IsList() {
		t.kind = db.KindText
		return config.Decode(n, &t.options)
	}
	var name string
	if err := config.Decode(n, &name); err != nil {
		return err
	}
	kind, ok := fieldKinds[name]
	if !ok {
		return n.Errorf("expected one of string, number, boolean, date, json, string[], number[], or a list of allowed texts")
	}
	t.kind = kind
	return nil
}

func (f *file) fields(o *core.Options) error {
	var faults []error
	for _, m := range []struct {
		node *config.Node
		into *[]core.AdditionalField
	}{
		{f.User.AdditionalFields, &o.User.AdditionalFields},
		{f.Session.AdditionalFields, &o.Session.AdditionalFields},
		{f.Account.AdditionalFields, &o.Account.AdditionalFields},
	} {
		if m.node == nil {
			continue
		}
		faults = append(faults, m.node.Members(func(key, value *config.Node) error {
			field, err := readField(key, value)
			*m.into = append(*m.into, field)
			return err
		}))
	}
	return errors.Join(faults...)
}

func readField(key, value *config.Node) (core.AdditionalField, error) {
	var in additionalField
	if err := config.Decode(value, &in); err != nil {
		return core.AdditionalField{}, err
	}
	field := core.AdditionalField{
		Name: key.Name(), Type: in.Type.kind, FieldName: in.FieldName, Options: in.Type.options,
		// The reference's column is NOT NULL unless required is false.
		Required: isTrue(in.Required, true), NoInput: !isTrue(in.Input, true), Hidden: !isTrue(in.Returned, true),
		Unique: in.Unique, Index: in.Index, Sortable: in.Sortable,
	}
	if field.Type == 0 {
		return field, value.Errorf("type is missing; it is one of string, number, boolean, date, json, string[], number[]")
	}
	if in.BigInt {
		if field.Type != db.KindNumber {
			return field, value.At("bigint").Errorf("only a number can be a bigint")
		}
		field.Type = db.KindBigInt
	}
	if r := in.References; r != nil {
		field.Reference = &db.Reference{Table: r.Model, Column: r.Field, OnDelete: r.OnDelete}
	}
	return field, setDefault(&field, in.DefaultValue, value.At("defaultValue"))
}

func setDefault(field *core.AdditionalField, raw json.RawMessage, at *config.Node) error {
	if raw == nil || string(raw) == "null" {
		return nil
	}
	data, err := db.ParseValue(field.Type, raw)
	if err != nil {
		return at.Errorf("does not fit the type %s", field.Type)
	}
	if t, ok := data.(time.Time); ok {
		data = t.UTC()
	}
	field.Default = func() any { return data }
	return nil
}
