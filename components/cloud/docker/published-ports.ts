/** Ports of the Docker host, with the load balancers that publish them. */
export class PublishedPorts {
  readonly #given: Readonly<Record<string, number>>;
  readonly #holders = new Map<number, string>();

  /** @param given Ports of the Docker host, by port of all load balancers or of one: `3306`, `jenkins-front:443`. */
  constructor(given: Readonly<Record<string, number>> = {}) {
    this.#given = given;
  }

  /**
   * Reserves ports of the Docker host for a load balancer. Default: the ports of the load balancer.
   * @returns Port of the Docker host by port of the load balancer.
   * @throws RangeError with both load balancers, if another load balancer publishes one of the ports.
   */
  claim(balancer: string, ports: readonly { port: number }[]): Map<number, number> {
    const published = new Map<number, number>();
    for (const { port } of ports) {
      const external = this.#given[`${balancer}:${port}`] ?? this.#given[String(port)] ?? port;
      const holder = this.#holders.get(external);
      if (holder !== undefined) {
        throw new RangeError(
          `port ${external} of the Docker host is published twice, by ${holder} and by ${balancer}: ` +
            `set another port in publishedPorts["${balancer}:${port}"]`,
        );
      }
      this.#holders.set(external, balancer);
      published.set(port, external);
    }
    return published;
  }
}
