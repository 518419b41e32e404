package config

import "time"

// file is the configuration as it is written. Every exported field is a key.
type file struct {
	Listen        string         `yaml:"listen"`
	PublicURL     string         `yaml:"public_url"`
	DataDir       string         `yaml:"data_dir"`
	DatabaseURL   string         `yaml:"database_url"`
	MetricsListen string         `yaml:"metrics_listen"`
	Identity      identityInFile `yaml:"identity"`
	Roles         rolesInFile    `yaml:"roles"`
	Systems       []systemInFile `yaml:"systems"`
	Limits        limitsInFile   `yaml:"limits"`

	Hours map[string]map[string][]string `yaml:"hours"` // by place, by channel
}

type identityInFile struct {
	Mode       string       `yaml:"mode"`
	Header     headerInFile `yaml:"header"`
	JWT        jwtInFile    `yaml:"jwt"`
	SignOutURL string       `yaml:"sign_out_url"`
}

type headerInFile struct {
	User           string   `yaml:"user"`
	Name           string   `yaml:"name"`
	Groups         string   `yaml:"groups"`
	Separator      string   `yaml:"separator"`
	TrustedProxies []string `yaml:"trusted_proxies"`
	SecretHeader   string   `yaml:"secret_header"`
	SecretFile     string   `yaml:"secret_file"`
}

type jwtInFile struct {
	Header      string   `yaml:"header"`
	Issuer      string   `yaml:"issuer"`
	Audience    string   `yaml:"audience"`
	JWKSURL     string   `yaml:"jwks_url"`
	Algorithms  []string `yaml:"algorithms"`
	UserClaim   string   `yaml:"user_claim"`
	GroupsClaim string   `yaml:"groups_claim"`
}

type rolesInFile struct {
	Agent      []string `yaml:"agent"`
	Supervisor []string `yaml:"supervisor"`
	Admin      []string `yaml:"admin"`
}

type systemInFile struct {
	ID                string        `yaml:"id"`
	Kind              string        `yaml:"kind"`
	Label             string        `yaml:"label"`
	Production        bool          `yaml:"production"`
	BaseURL           string        `yaml:"base_url"`
	RequestsPerSecond float64       `yaml:"requests_per_second"`
	Timeout           time.Duration `yaml:"timeout"`
	DefaultRegion     string        `yaml:"default_region"`
	OutboundNumbers   []string      `yaml:"outbound_numbers"`

	Username  string `yaml:"username"`
	TokenFile string `yaml:"token_file"`
	ChatType  string `yaml:"chat_type"`
	AgentKeys string `yaml:"agent_keys"`

	UUID             string        `yaml:"uuid"`
	SecretFile       string        `yaml:"secret_file"`
	Algorithm        string        `yaml:"algorithm"`
	VerifyResponses  string        `yaml:"verify_responses"`
	OrderCallbackURL string        `yaml:"order_callback_url"`
	CallCallbackURL  string        `yaml:"call_callback_url"`
	GzipOver         *int64        `yaml:"gzip_over"`
	GzipSigns        string        `yaml:"gzip_signs"`
	MaxRows          int           `yaml:"max_rows"`
	Skew             time.Duration `yaml:"skew"`
}

type limitsInFile struct {
	BodyBytes   int64 `yaml:"body_bytes"`
	DNCNumbers  int   `yaml:"dnc_numbers"`
	ImportRows  int   `yaml:"import_rows"`
	CallbotRows int   `yaml:"callbot_rows"`
	RunBytes    int64 `yaml:"run_bytes"`
	RunRows     int   `yaml:"run_rows"`
	SMSRunRows  int   `yaml:"sms_run_rows"`
}
