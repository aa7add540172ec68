package db

import (
	"fmt"
	"slices"
	"strings"
)

// ColumnType returns the type a column of the table gets in a database of the
// dialect: the reference's choice, which package ddl writes.
func (d *Def) ColumnType(c *Column, dialect Dialect) string {
	if c.Kind == KindID {
		return idType(d.IDs, dialect)
	}
	if c.Kind == KindText && dialect == MySQL {
		return d.mysqlText(c)
	}
	byKind := map[Dialect]map[Kind]string{
		Postgres: {KindText: "text", KindBool: "boolean", KindInt: "integer", KindBigInt: "bigint",
			KindTime: "timestamptz", KindJSON: "jsonb", KindTextList: "jsonb",
			KindNumber: "integer", KindNumberList: "jsonb"},
		MySQL: {KindBool: "boolean", KindInt: "integer", KindBigInt: "bigint",
			KindTime: "timestamp(3)", KindJSON: "json", KindTextList: "json",
			KindNumber: "integer", KindNumberList: "json"},
		SQLite: {KindText: "text", KindBool: "integer", KindInt: "integer", KindBigInt: "bigint",
			KindTime: "date", KindJSON: "text", KindTextList: "text",
			KindNumber: "integer", KindNumberList: "text"},
	}
	if types := byKind[dialect]; types != nil {
		return types[c.Kind]
	}
	return c.Kind.String()
}

func idType(ids IDType, dialect Dialect) string {
	switch {
	case dialect == Memory:
		return KindID.String()
	case ids == IDSerial:
		return "integer"
	case dialect == MySQL:
		return "varchar(36)"
	case dialect == Postgres && ids == IDUUID:
		return "uuid"
	default:
		return "text"
	}
}

// mysqlText bounds text that MySQL has to index or sort by. The bytes of all
// columns of an index are limited.
func (d *Def) mysqlText(c *Column) string {
	const indexBytes, characterBytes, otherBytes = 3072, 4, 16
	length := 0
	for _, rule := range d.Uniques {
		if !slices.Contains(rule, c) {
			continue
		}
		texts := 0
		for _, other := range rule {
			if other.Kind == KindText || other.Kind == KindID {
				texts++
			}
		}
		most := (indexBytes - otherBytes*(len(rule)-texts)) / characterBytes / texts
		if length == 0 {
			length = 191
		}
		length = min(length, most)
	}
	switch {
	case length > 0:
		return fmt.Sprintf("varchar(%d)", length)
	case c.References != nil && !c.Unique:
		return "varchar(36)"
	case c.Unique || c.Sortable || c.Index:
		return "varchar(255)"
	default:
		return "text"
	}
}

// sorts of physical types, by what they can hold.
const (
	holdsText = 1 << iota
	holdsBool
	holdsInt
	holdsTime
	holdsJSON
	holdsUUID
)

func needs(d *Def, c *Column, dialect Dialect) int {
	switch c.Kind {
	case KindBool:
		return holdsBool
	case KindInt, KindBigInt, KindNumber:
		return holdsInt
	case KindTime:
		return holdsTime
	case KindJSON, KindTextList, KindNumberList:
		return holdsJSON
	case KindID:
		if d.IDs == IDSerial {
			return holdsInt
		}
		if d.IDs == IDUUID && dialect != SQLite {
			return holdsUUID
		}
	}
	return holdsText
}

// fits tells whether a column of the physical type can hold what the column
// is for, be it not the type the planner would choose.
func fits(d *Def, c *Column, dialect Dialect, physical string) bool {
	found := baseType(physical)
	if dialect == Memory {
		return found == d.ColumnType(c, dialect)
	}
	return physicalTypes(dialect)[found]&needs(d, c, dialect) != 0
}

// baseType cuts lengths and attributes: "timestamp(3) without time zone",
// "int(11) unsigned".
func baseType(physical string) string {
	t := strings.ToLower(physical)
	if open := strings.IndexByte(t, '('); open >= 0 {
		if shut := strings.IndexByte(t[open:], ')'); shut >= 0 {
			t = t[:open] + t[open+shut+1:]
		}
	}
	t = strings.TrimSuffix(strings.TrimSpace(t), " unsigned")
	return strings.Join(strings.Fields(t), " ")
}

func physicalTypes(dialect Dialect) map[string]int {
	const number = holdsInt | holdsBool
	switch dialect {
	case SQLite:
		// A type only advises SQLite how to store a value. What is here keeps
		// text as text and numbers as numbers.
		const text = holdsText | holdsUUID | holdsJSON | holdsTime
		const whole = number | holdsTime
		return map[string]int{
			"": text | whole, "text": text, "varchar": text, "character varying": text, "char": text, "character": text,
			"nvarchar": text, "nchar": text, "clob": text, "uuid": holdsText | holdsUUID, "string": holdsText, "json": holdsJSON,
			"integer": whole, "int": whole, "bigint": whole, "int8": whole, "smallint": number, "tinyint": number,
			"mediumint": number, "int2": number, "numeric": whole, "decimal": whole, "real": number, "boolean": holdsBool, "bool": holdsBool,
			"date": holdsTime, "datetime": holdsTime, "timestamp": holdsTime, "timestamptz": holdsTime,
		}
	case Postgres:
		return map[string]int{
			"text": holdsText | holdsUUID | holdsJSON, "character varying": holdsText | holdsUUID, "varchar": holdsText | holdsUUID,
			"citext": holdsText, "character": holdsText, "bpchar": holdsText, "uuid": holdsUUID,
			"boolean": holdsBool, "bool": holdsBool, "smallint": holdsInt, "integer": holdsInt, "bigint": holdsInt,
			"int2": holdsInt, "int4": holdsInt, "int8": holdsInt, "numeric": holdsInt, "real": holdsInt, "double precision": holdsInt,
			"timestamptz": holdsTime, "timestamp": holdsTime, "timestamp with time zone": holdsTime,
			"timestamp without time zone": holdsTime, "json": holdsJSON, "jsonb": holdsJSON,
		}
	default:
		const text = holdsText | holdsUUID
		return map[string]int{
			"varchar": text, "char": text, "tinytext": holdsText, "text": text | holdsJSON, "mediumtext": text | holdsJSON,
			"longtext": text | holdsJSON, "uuid": holdsUUID, "json": holdsJSON, "boolean": holdsBool, "bool": holdsBool,
			"tinyint": number, "smallint": number, "mediumint": number, "int": number, "integer": number, "bigint": number,
			"decimal": holdsInt, "float": holdsInt, "double": holdsInt, "timestamp": holdsTime, "datetime": holdsTime,
		}
	}
}
