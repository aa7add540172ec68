package openapi

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// API is what a document describes.
type API struct {
	Title      string
	Server     string // base URL; empty: not known
	Cookie     string // name of the cookie that carries a session
	Rows       []Rows
	Codes      []string // of refusals
	Operations []Operation
}

// Rows are rows of a table as outputs hold them. They become a component.
type Rows struct {
	Name string
	Type reflect.Type
	Def  *db.Def
}

// Operation is one endpoint.
type Operation struct {
	ID, Method, Path string // several methods are joined by commas; path parameters are written {name}
	Summary          string
	Tags             []string
	Session          bool // needs a session
	Fresh            bool // needs a fresh one
	Input            *input.Shape
	Types            []string     // media types of the body
	Output           reflect.Type // nil: not described
}

// Encode returns the document as JSON.
func Encode(api API) ([]byte, error) {
	types := &typeReader{rows: map[reflect.Type]string{}}
	d := &document{
		OpenAPI: "3.1.1",
		Info:    info{api.Title, "Authentication", "1.0.0"},
		Paths:   map[string]map[string]*operation{},
		Components: components{
			Schemas:         map[string]*schema{"Error": errorSchema(api.Codes)},
			SecuritySchemes: map[string]map[string]string{"sessionCookie": {"type": "apiKey", "in": "cookie", "name": api.Cookie}},
		},
	}
	for _, r := range api.Rows {
		types.rows[r.Type] = r.Name
		d.Components.Schemas[r.Name] = tableSchema(r.Def)
	}
	if api.Server != "" {
		d.Servers = []server{{api.Server}}
	}
	for i := range api.Operations {
		d.add(&api.Operations[i], types)
	}
	return json.Marshal(d)
}

func (d *document) add(o *Operation, types *typeReader) {
	for i, method := range strings.Split(o.Method, ",") {
		described := describe(o, method, types)
		if i > 0 {
			described.OperationID += method[:1] + strings.ToLower(method[1:]) // they must differ
		}
		if d.Paths[o.Path] == nil {
			d.Paths[o.Path] = map[string]*operation{}
		}
		d.Paths[o.Path][strings.ToLower(method)] = described
	}
}

type document struct {
	OpenAPI    string                           `json:"openapi"`
	Info       info                             `json:"info"`
	Servers    []server                         `json:"servers,omitempty"`
	Paths      map[string]map[string]*operation `json:"paths"`
	Components components                       `json:"components"`
}

type info struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Version     string `json:"version"`
}

type server struct {
	URL string `json:"url"`
}

type components struct {
	Schemas         map[string]*schema           `json:"schemas"`
	SecuritySchemes map[string]map[string]string `json:"securitySchemes"`
}

type operation struct {
	OperationID string                `json:"operationId"`
	Summary     string                `json:"summary,omitempty"`
	Tags        []string              `json:"tags,omitempty"`
	Security    []map[string][]string `json:"security,omitempty"`
	Parameters  []parameter           `json:"parameters,omitempty"`
	RequestBody *body                 `json:"requestBody,omitempty"`
	Responses   map[string]response   `json:"responses"`
}

type parameter struct {
	Name        string  `json:"name"`
	In          string  `json:"in"`
	Description string  `json:"description,omitempty"`
	Required    bool    `json:"required,omitempty"`
	Schema      *schema `json:"schema"`
}

type body struct {
	Required bool             `json:"required,omitempty"`
	Content  map[string]media `json:"content"`
}

type media struct {
	Schema *schema `json:"schema"`
}

type response struct {
	Description string           `json:"description"`
	Content     map[string]media `json:"content,omitempty"`
}
