/** What is read of Glance (image API 2). */
import * as z from "zod";
import type { CloudSession } from "./session.ts";

const imageSchema = z.looseObject({ id: z.string(), name: z.string().nullable(), created_at: z.string() });

export interface Image {
  readonly id: string;
  readonly name: string;
}

export class Glance {
  readonly #session: CloudSession;

  constructor(session: CloudSession) {
    this.#session = session;
  }

  /** Images that can be booted now, the newest of a name first. */
  async images(): Promise<Image[]> {
    const images: z.infer<typeof imageSchema>[] = [];
    let path: string | undefined = "/images?status=active&limit=1000";
    while (path !== undefined) {
      const answer: unknown = await this.#session.request({ service: "image", method: "GET", path });
      const page = z.object({ images: z.array(imageSchema), next: z.string().optional() }).parse(answer);
      images.push(...page.images);
      // Glance gives the next page's path with its version.
      path = page.next?.replace(/^\/v2/, "");
    }
    return images
      .sort((a, b) => b.created_at.localeCompare(a.created_at))
      .flatMap(({ id, name }) => (name === null ? [] : [{ id, name }]));
  }
}
