/** A protobuf `Struct`. */
interface Struct {
  toJavaScript(): Record<string, unknown>;
}

/** An alias of a resource: a URN, or the type and name of a former resource. */
interface AliasMessage {
  hasUrn(): boolean;
  getUrn(): string;
  getSpec(): { getType(): string; getName(): string };
}

/** The fields of `RegisterResourceRequest` that a plan reads. The SDK exports no types for its protobuf messages. */
export interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getObject(): Struct | undefined;
  getPropertydependenciesMap(): {
    forEach(visit: (dependencies: { getUrnsList(): string[] }, property: string) => void): void;
  };
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getProvider(): string;
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
  getDeletebeforereplace(): boolean;
  getReplaceonchangesList(): string[];
  getIgnorechangesList(): string[];
  getAliasesList(): AliasMessage[];
  getAliasurnsList(): string[];
  getVersion(): string;
}

/** The fields of `RegisterResourceOutputsRequest` that a plan reads. */
export interface OutputsRequest {
  getUrn(): string;
  getOutputs(): Struct | undefined;
}
