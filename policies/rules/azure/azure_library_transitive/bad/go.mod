module example.com/shop

go 1.24

require github.com/prometheus/prometheus v0.50.0

require github.com/Azure/azure-sdk-for-go/sdk/azidentity v1.5.1 // indirect; expect: azure-library-transitive
