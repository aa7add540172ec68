package postgres

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"
)

// decode puts a value, as it came over the wire, into a destination. The pairs
// at the top are what almost every read consists of; they cost no more than
// the value itself.
func decode(rows pgx.Rows, dest any, c *db.Column, field *pgconn.FieldDescription, raw []byte) error {
	if raw == nil {
		return db.Store(dest, nil)
	}
	switch d := dest.(type) {
	case *string:
		if isText(field) {
			*d = string(raw)
			return nil
		}
	case **string:
		if isText(field) {
			s := string(raw)
			*d = &s
			return nil
		}
	case *time.Time:
		if t, ok := instant(field, raw); ok {
			*d = t
			return nil
		}
	case *bool:
		if field.DataTypeOID == pgtype.BoolOID && field.Format == pgx.BinaryFormatCode && len(raw) == 1 {
			*d = raw[0] != 0
			return nil
		}
	}
	data, err := value(rows, c.Kind, field, raw)
	if err == nil {
		data, err = sqlgen.Data(c.Kind, data)
	}
	if err == nil {
		err = db.Store(dest, data)
	}
	if err != nil {
		return fmt.Errorf("postgres: column %q: %w", c.Name, err)
	}
	return nil
}

// isText tells whether the bytes are the text itself. Types of extensions,
// such as citext, have no fixed number and come as text.
func isText(field *pgconn.FieldDescription) bool {
	switch field.DataTypeOID {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID:
		return true
	default:
		return field.Format == pgx.TextFormatCode
	}
}

// epoch is where PostgreSQL counts microseconds from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// instant reads a timestamp, with time zone or without, which then is UTC as
// the reference takes it. The infinite ones are left to others to refuse.
func instant(field *pgconn.FieldDescription, raw []byte) (time.Time, bool) {
	stamp := field.DataTypeOID == pgtype.TimestamptzOID || field.DataTypeOID == pgtype.TimestampOID
	if !stamp || field.Format != pgx.BinaryFormatCode || len(raw) != 8 {
		return time.Time{}, false
	}
	micros := int64(binary.BigEndian.Uint64(raw))
	if micros == math.MaxInt64 || micros == math.MinInt64 {
		return time.Time{}, false
	}
	return time.UnixMicro(epoch + micros).UTC().Truncate(time.Millisecond), true
}

// value turns the bytes into something that [sqlgen.Data] understands.
func value(rows pgx.Rows, kind db.Kind, field *pgconn.FieldDescription, raw []byte) (any, error) {
	binaryForm := field.Format == pgx.BinaryFormatCode
	switch oid := field.DataTypeOID; {
	case oid == pgtype.TimestamptzOID || oid == pgtype.TimestampOID:
		if t, ok := instant(field, raw); ok {
			return t, nil
		}
		var t time.Time
		err := typeMap(rows).Scan(oid, field.Format, raw, &t)
		return t, err
	case isText(field):
		return text(kind, oid, raw), nil
	case oid == pgtype.Int4OID && len(raw) == 4:
		return int64(int32(binary.BigEndian.Uint32(raw))), nil
	case oid == pgtype.Int8OID && len(raw) == 8:
		return int64(binary.BigEndian.Uint64(raw)), nil
	case oid == pgtype.Int2OID && len(raw) == 2:
		return int64(int16(binary.BigEndian.Uint16(raw))), nil
	case oid == pgtype.BoolOID && len(raw) == 1:
		return raw[0] != 0, nil
	case oid == pgtype.UUIDOID && len(raw) == 16:
		return uuid(raw), nil
	case oid == pgtype.JSONBOID && binaryForm && len(raw) > 0 && raw[0] == 1:
		return text(kind, oid, raw[1:]), nil // after the version
	case oid == pgtype.JSONOID:
		return text(kind, oid, raw), nil
	default:
		var s string
		if err := typeMap(rows).Scan(oid, field.Format, raw, &s); err == nil {
			return s, nil
		}
		var v any
		err := typeMap(rows).Scan(oid, field.Format, raw, &v)
		return v, err
	}
}

// text copies bytes for a column of the kind.
func text(kind db.Kind, oid uint32, raw []byte) any {
	if kind == db.KindBool && oid == pgtype.BoolOID {
		return string(raw) == "t"
	}
	if kind == db.KindInt || kind == db.KindBigInt {
		// numeric has places after the point
		if f, err := strconv.ParseFloat(string(raw), 64); err == nil && oid == pgtype.NumericOID {
			return f
		}
	}
	return string(raw)
}

func typeMap(rows pgx.Rows) *pgtype.Map {
	if conn := rows.Conn(); conn != nil {
		return conn.TypeMap()
	}
	return pgtype.NewMap()
}

// uuid writes the sixteen bytes as RFC 9562 does.
func uuid(raw []byte) string {
	var b [36]byte
	hex.Encode(b[:8], raw[:4])
	b[8] = '-'
	hex.Encode(b[9:13], raw[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], raw[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], raw[8:10])
	b[23] = '-'
	hex.Encode(b[24:], raw[10:])
	return string(b[:])
}
