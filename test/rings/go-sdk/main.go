// Gets credentials as any program with the AWS SDK for Go does, and prints what the SDK made of them as JSON.
// With the word "caller" it also asks STS whose they are.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	if err := run(context.Background()); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	credentials, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	seen := map[string]any{
		"source":    credentials.Source,
		"accessKey": credentials.AccessKeyID,
		"secretKey": credentials.SecretAccessKey,
		"token":     credentials.SessionToken,
		"accountId": credentials.AccountID,
		"expires":   credentials.Expires.UTC().Format("2006-01-02T15:04:05Z"),
		"region":    cfg.Region,
	}
	if len(os.Args) > 1 && os.Args[1] == "caller" {
		caller, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return err
		}
		seen["arn"] = *caller.Arn
	}
	return json.NewEncoder(os.Stdout).Encode(seen)
}
