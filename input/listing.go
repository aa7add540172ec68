package input

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/watchword-auth/watchword/db"
)

// Listing is what a client asks of a list: page, order and one filter. Columns
// are named by their logical names.
type Listing struct {
	Limit          Opt[json.RawMessage] `json:"limit,omitzero"`  // text or number
	Offset         Opt[json.RawMessage] `json:"offset,omitzero"` // text or number
	SortBy         Opt[string]          `json:"sortBy,omitzero"`
	SortDirection  Opt[string]          `json:"sortDirection,omitzero"` // asc or desc
	FilterField    Opt[string]          `json:"filterField,omitzero"`
	FilterValue    Opt[[]string]        `json:"filterValue,omitzero"` // several for in and not_in
	FilterOperator Opt[string]          `json:"filterOperator,omitzero"`
}

// Bind reads the listing from the query.
func (l *Listing) Bind(query *Object) {
	query.OptRaw("limit", &l.Limit)
	query.OptRaw("offset", &l.Offset)
	l.onePage(query)
	query.OptText("sortBy", &l.SortBy)
	query.OptText("sortDirection", &l.SortDirection).OneOf("asc", "desc")
	query.OptText("filterField", &l.FilterField)
	query.OptNames("filterValue", &l.FilterValue)
	query.OptText("filterOperator", &l.FilterOperator).OneOf("eq", "ne", "lt", "lte", "gt", "gte",
		"in", "not_in", "contains", "starts_with", "ends_with")
}

func (l *Listing) onePage(query *Object) {
	for name, o := range map[string]Opt[json.RawMessage]{"limit": l.Limit, "offset": l.Offset} {
		if kind := Kind(o.Value); o.Set && kind != "string" && kind != "number" {
			query.Refuse(name, "Invalid input")
		}
	}
}

// number reads the text or number a page is given by; 0 where it is neither.
func pageNumber(o Opt[json.RawMessage]) float64 {
	text := string(o.Value)
	if Kind(o.Value) == "string" {
		_ = json.Unmarshal(o.Value, &text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0
	}
	return n
}

// Page returns limit and offset as they were asked for, 0 where they were not.
func (l *Listing) Page() (limit, offset float64) { return pageNumber(l.Limit), pageNumber(l.Offset) }

// The bounds of a list.
const (
	defaultRows = 100
	maxRows     = 1000
)

// errNoColumn reports a column that is not there, hidden, or cannot be compared
// with what was given.
var errNoColumn = errors.New("input: the list cannot be filtered or sorted by that")

// Listed turns a listing into a query of a table. Its limit is never more than
// 1000, and 100 where none was asked for. The filter goes to fallback where no
// column is named; an error says that the list cannot be made as asked. Hidden
// columns are as good as none, so that no list tells what they hold.
func Listed[T any](l *Listing, t *db.Table[T], fallback string) (q db.Query[T], err error) {
	limit, offset := l.Page()
	q.Limit, q.Offset = defaultRows, int(min(max(offset, 0), math.MaxInt32))
	if limit >= 1 {
		q.Limit = int(min(limit, maxRows))
	}
	if l.SortBy.Or("") != "" {
		c := visible(t, l.SortBy.Value)
		if c == nil {
			return q, errNoColumn
		}
		q.Order = append(q.Order, db.OrderBy(t, c, l.SortDirection.Or("asc") == "desc"))
	}
	if l.FilterValue.Given() {
		c := visible(t, l.FilterField.Or(fallback))
		if c == nil {
			return q, errNoColumn
		}
		w, err := filter(t, c, l.FilterOperator.Or("eq"), l.FilterValue.Value)
		if err != nil {
			return q, err
		}
		q.Where = append(q.Where, w)
	}
	return q, nil
}

func visible[T any](t *db.Table[T], name string) *db.Column {
	if c := t.Column(name); c != nil && !c.Hidden {
		return c
	}
	return nil
}

var operators = map[string]db.Op{
	"eq": db.OpEq, "ne": db.OpNe, "lt": db.OpLt, "lte": db.OpLte, "gt": db.OpGt, "gte": db.OpGte,
	"in": db.OpIn, "not_in": db.OpNotIn,
	"contains": db.OpContains, "starts_with": db.OpStartsWith, "ends_with": db.OpEndsWith,
}

func filter[T any](t *db.Table[T], c *db.Column, operator string, texts []string) (w db.Where[T], err error) {
	op := operators[operator]
	list := op == db.OpIn || op == db.OpNotIn
	partial := op == db.OpContains || op == db.OpStartsWith || op == db.OpEndsWith
	if !list && len(texts) != 1 || partial && c.Kind != db.KindText && c.Kind != db.KindID {
		return w, errNoColumn
	}
	values := make([]any, len(texts))
	for i, text := range texts {
		if values[i], err = textValue(c.Kind, text); err != nil {
			return w, err
		}
	}
	if list {
		return db.Compare(t, c, op, values), nil
	}
	w = db.Compare(t, c, op, values[0])
	if partial {
		w = db.Fold(w)
	}
	return w, nil
}

// textValue reads what a query says as data of a column.
func textValue(kind db.Kind, text string) (any, error) {
	switch kind {
	case db.KindText, db.KindID:
		return text, nil
	case db.KindBool:
		return text == "true", nil
	case db.KindInt, db.KindBigInt:
		return strconv.ParseInt(text, 10, 64)
	case db.KindNumber:
		return strconv.ParseFloat(text, 64)
	case db.KindTime:
		return parseInstant(text)
	}
	return nil, errNoColumn
}
